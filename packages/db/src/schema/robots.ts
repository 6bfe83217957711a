import { sql } from 'drizzle-orm';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import { timestamptz } from './column-types.js';

/** What each origin's robots.txt said. */
export const robotsFiles = pgTable('robots_files', {
  origin: text().notNull(),
  outcome: text().$type<'rules' | 'allow_all' | 'unreachable'>().notNull(),
  statusCode: integer('status_code'),
  body: text(),
  detail: text(),
  fetchedAt: timestamptz('fetched_at').notNull().default(sql`now()`),
  expiresAt: timestamptz('expires_at').notNull(),
  unreachableSince: timestamptz('unreachable_since'),
});
