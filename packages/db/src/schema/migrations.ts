import { sql } from 'drizzle-orm';
import { pgTable, text } from 'drizzle-orm/pg-core';
import { timestamptz } from './column-types.js';

/** Which migrations were applied, and what they were. */
export const schemaMigrations = pgTable('schema_migrations', {
  name: text().notNull(),
  checksum: text().notNull(),
  appliedAt: timestamptz('applied_at').notNull().default(sql`now()`),
});

/** Which tables are partitioned by month, and on what kind of key. */
export const partitionedTables = pgTable('partitioned_tables', {
  tableName: text('table_name').notNull(),
  keyKind: text('key_kind').$type<'uuid_v7' | 'timestamptz'>().notNull(),
});
