import type { StallCause } from '@outrider/shared';
import { sql } from 'drizzle-orm';
import { doublePrecision, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { count, timestamptz } from './column-types.js';

/** What the stall doctor knows of an execution that has not ended. */
export const executionWatches = pgTable('execution_watches', {
  executionId: uuid('execution_id').notNull(),
  tenantId: uuid('tenant_id').notNull(),
  progressMark: count('progress_mark').notNull(),
  movedAt: timestamptz('moved_at').notNull().default(sql`clock_timestamp()`),
  stalledAt: timestamptz('stalled_at'),
  cause: text().$type<StallCause>(),
  diagnosis: jsonb().$type<unknown>(),
  diagnosedAt: timestamptz('diagnosed_at'),
  repairs: jsonb().$type<unknown>().notNull().default(sql`'[]'::jsonb`),
});

/** Each time a lane was taken from a silent worker, with what was last known of it. */
export const laneLosses = pgTable('lane_losses', {
  id: uuid().notNull(),
  tenantId: uuid('tenant_id').notNull(),
  campaignId: uuid('campaign_id').notNull(),
  executionId: uuid('execution_id').notNull(),
  laneId: uuid('lane_id').notNull(),
  epoch: count().notNull(),
  instanceId: uuid('instance_id'),
  host: text(),
  pid: integer(),
  version: text(),
  endedBy: text('ended_by'),
  instanceState: text('instance_state'),
  memoryUsageMb: doublePrecision('memory_usage_mb'),
  cpuUsagePercent: doublePrecision('cpu_usage_percent'),
  lastHeartbeatAt: timestamptz('last_heartbeat_at'),
  lostAt: timestamptz('lost_at').notNull().default(sql`clock_timestamp()`),
  urlKeys: uuid('url_keys').array().notNull(),
});

/** URLs that took their workers down. */
export const quarantinedUrls = pgTable('quarantined_urls', {
  executionId: uuid('execution_id').notNull(),
  urlKey: uuid('url_key').notNull(),
  tenantId: uuid('tenant_id').notNull(),
  campaignId: uuid('campaign_id').notNull(),
  url: text().notNull(),
  host: text().notNull(),
  losses: integer().notNull(),
  quarantinedAt: timestamptz('quarantined_at').notNull().default(sql`clock_timestamp()`),
  retriedAt: timestamptz('retried_at'),
  retriedBy: text('retried_by'),
  retryExecutionId: uuid('retry_execution_id'),
});

/** Executions that are gone but for the records that are still being removed. */
export const expiredExecutions = pgTable('expired_executions', {
  executionId: uuid('execution_id').notNull(),
  tenantId: uuid('tenant_id').notNull(),
  campaignId: uuid('campaign_id').notNull(),
  expiredAt: timestamptz('expired_at').notNull().default(sql`clock_timestamp()`),
});
