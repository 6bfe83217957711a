import { sql } from 'drizzle-orm';
import { integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { count, timestamptz } from './column-types.js';

/** The pace of a host, shared by every tenant. */
export const crawlHosts = pgTable('crawl_hosts', {
  host: text().notNull(),
  nextFetchAt: timestamptz('next_fetch_at').notNull().default(sql`'-infinity'::timestamp with time zone`),
  backoffUntil: timestamptz('backoff_until').notNull().default(sql`'-infinity'::timestamp with time zone`),
  backoffReason: text('backoff_reason'),
  consecutiveFailures: integer('consecutive_failures').notNull().default(sql`0`),
  createdAt: timestamptz('created_at').notNull().default(sql`now()`),
  updatedAt: timestamptz('updated_at').notNull().default(sql`now()`),
});

/** How many fetches a lane may have in flight on a host. */
export const hostPermits = pgTable('host_permits', {
  host: text().notNull(),
  laneId: uuid('lane_id').notNull(),
  laneEpoch: count('lane_epoch').notNull(),
  permits: integer().notNull(),
  hostLimit: integer('host_limit').notNull(),
  leaseUntil: timestamptz('lease_until').notNull(),
});
