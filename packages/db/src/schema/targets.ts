import type { TargetState } from '@outrider/shared';
import { sql } from 'drizzle-orm';
import { boolean, jsonb, pgTable, smallint, text, uuid } from 'drizzle-orm/pg-core';
import { count, timestamptz } from './column-types.js';

/** The frontier and its ledger: one row per URL to fetch, per execution. */
export const crawlTargets = pgTable('crawl_targets', {
  executionId: uuid('execution_id').notNull(),
  urlKey: uuid('url_key').notNull(),
  tenantId: uuid('tenant_id').notNull(),
  url: text().notNull(),
  host: text().notNull(),
  depth: smallint().notNull(),
  priority: smallint().notNull().default(sql`0`),
  discoveryOrder: count('discovery_order').notNull().default(sql`nextval('crawl_target_order'::regclass)`),
  state: text().$type<TargetState>().notNull().default(sql`'pending'::text`),
  attempt: smallint().notNull().default(sql`0`),
  leaseLosses: smallint('lease_losses').notNull().default(sql`0`),
  laneId: uuid('lane_id'),
  laneEpoch: count('lane_epoch'),
  notBefore: timestamptz('not_before').notNull().default(sql`'-infinity'::timestamp with time zone`),
  isSeed: boolean('is_seed').notNull().default(sql`false`),
  redirectHops: jsonb('redirect_hops').$type<unknown>(),
  failureCode: text('failure_code'),
  settledAt: timestamptz('settled_at'),
});
