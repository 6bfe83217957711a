import { sql } from 'drizzle-orm';
import { integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { count, timestamptz } from './column-types.js';

/** What was last told of an execution that runs. */
export const executionSnapshots = pgTable('execution_snapshots', {
  executionId: uuid('execution_id').notNull(),
  tenantId: uuid('tenant_id').notNull(),
  discovered: count().notNull(),
  fetched: count().notNull(),
  failed: count().notNull(),
  skipped: count().notNull(),
  errors: count().notNull(),
  toldAt: timestamptz('told_at').notNull().default(sql`clock_timestamp()`),
  windowAt: timestamptz('window_at').notNull().default(sql`clock_timestamp()`),
  windowSettled: count('window_settled').notNull().default(sql`0`),
  windowErrors: count('window_errors').notNull().default(sql`0`),
});

/** Processes of the API that serve live events. They serve every tenant, so the rows belong to none. */
export const apiProcesses = pgTable('api_processes', {
  id: uuid().notNull(),
  host: text().notNull(),
  pid: integer().notNull(),
  startedAt: timestamptz('started_at').notNull().default(sql`clock_timestamp()`),
  heartbeatAt: timestamptz('heartbeat_at').notNull().default(sql`clock_timestamp()`),
});

/** Who follows which campaign just now. */
export const eventSubscriptions = pgTable('event_subscriptions', {
  id: uuid().notNull(),
  tenantId: uuid('tenant_id').notNull(),
  processId: uuid('process_id').notNull(),
  campaignId: uuid('campaign_id'),
  executionId: uuid('execution_id'),
  apiKeyId: uuid('api_key_id').notNull(),
  viewerName: text('viewer_name').notNull(),
  transport: text().$type<'sse' | 'socket'>().notNull(),
  since: timestamptz('since').notNull().default(sql`clock_timestamp()`),
});
