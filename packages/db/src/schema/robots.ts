import { sql } from 'drizzle-orm';
import { integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytea, timestamptz } from './column-types.js';

type RobotsOutcome = 'rules' | 'allow_all' | 'unreachable';

/** What each origin's robots.txt said when it was last read. */
export const robotsFiles = pgTable('robots_files', {
  origin: text().notNull(),
  outcome: text().$type<RobotsOutcome>().notNull(),
  statusCode: integer('status_code'),
  detail: text(),
  fetchedAt: timestamptz('fetched_at').notNull().default(sql`now()`),
  expiresAt: timestamptz('expires_at').notNull(),
  unreachableSince: timestamptz('unreachable_since'),
  bodyHash: bytea('body_hash'),
});

/** Texts of robots.txt files, each once. */
export const robotsBodies = pgTable('robots_bodies', {
  bodyHash: bytea('body_hash').notNull(),
  body: text().notNull(),
  lastUsedAt: timestamptz('last_used_at').notNull().default(sql`now()`),
});

/** By which robots.txt an execution decided, and from when. */
export const executionRobots = pgTable('execution_robots', {
  executionId: uuid('execution_id').notNull(),
  origin: text().notNull(),
  toldAt: timestamptz('told_at').notNull().default(sql`clock_timestamp()`),
  tenantId: uuid('tenant_id').notNull(),
  outcome: text().$type<RobotsOutcome>().notNull(),
  detail: text(),
  bodyHash: bytea('body_hash'),
  fetchedAt: timestamptz('fetched_at').notNull(),
});
