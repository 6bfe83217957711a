import { integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytea, timestamptz } from './column-types.js';

/** Pictures of rendered pages. */
export const pageScreenshots = pgTable('page_screenshots', {
  executionId: uuid('execution_id').notNull(),
  urlKey: uuid('url_key').notNull(),
  tenantId: uuid('tenant_id').notNull(),
  format: text().notNull(),
  width: integer().notNull(),
  height: integer().notNull(),
  bytes: bytea().notNull(),
  takenAt: timestamptz('taken_at').notNull(),
});
