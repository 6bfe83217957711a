import type { BackOffCause, DelayCause } from '@outrider/shared';
import { sql } from 'drizzle-orm';
import { integer, pgTable, real, smallint, text, uuid } from 'drizzle-orm/pg-core';
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
  backoffCause: text('backoff_cause').$type<BackOffCause>(),
  backoffLevel: smallint('backoff_level').notNull().default(sql`0`),
  baselineMs: real('baseline_ms'),
  responseMs: real('response_ms'),
  slowLevel: smallint('slow_level').notNull().default(sql`0`),
  slowChangedAt: timestamptz('slow_changed_at').notNull().default(sql`'-infinity'::timestamp with time zone`),
});

/** How many fetches a lane may have in flight on a host. */
export const hostPermits = pgTable('host_permits', {
  host: text().notNull(),
  laneId: uuid('lane_id').notNull(),
  laneEpoch: count('lane_epoch').notNull(),
  permits: integer().notNull(),
  hostLimit: integer('host_limit').notNull(),
  leaseUntil: timestamptz('lease_until').notNull(),
  delayMs: integer('delay_ms').notNull().default(sql`0`),
  delayCause: text('delay_cause').$type<DelayCause>(),
  paceMs: integer('pace_ms').notNull().default(sql`0`),
  tenantKey: uuid('tenant_key'),
  campaignKey: uuid('campaign_key'),
  askedAt: timestamptz('asked_at').default(sql`now()`),
  turnAt: timestamptz('turn_at'),
});

/** Hosts that a tenant's campaigns leave alone. */
export const hostFreezes = pgTable('host_freezes', {
  tenantId: uuid('tenant_id').notNull(),
  host: text().notNull(),
  reason: text().notNull(),
  frozenAt: timestamptz('frozen_at').notNull().default(sql`now()`),
  until: timestamptz(),
});
