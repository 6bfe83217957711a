import { sql } from 'drizzle-orm';
import { pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { timestamptz } from './column-types.js';

/** Whose data is whose. Every row of a table with a `tenant_id` belongs to one of these. */
export const tenants = pgTable('tenants', {
  id: uuid().notNull(),
  name: text().notNull(),
  createdAt: timestamptz('created_at').notNull().default(sql`now()`),
  updatedAt: timestamptz('updated_at').notNull().default(sql`now()`),
});
