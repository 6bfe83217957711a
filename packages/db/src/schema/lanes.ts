import type { LaneState, WaitingReason } from '@outrider/shared';
import { sql } from 'drizzle-orm';
import { boolean, date, doublePrecision, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { count, timestamptz } from './column-types.js';

/** The parallel lanes of a run; `epoch` fences the writes of a worker that lost its lane. */
export const executionLanes = pgTable('execution_lanes', {
  id: uuid().notNull(),
  tenantId: uuid('tenant_id').notNull(),
  executionId: uuid('execution_id').notNull(),
  campaignId: uuid('campaign_id').notNull(),
  laneNumber: integer('lane_number').notNull(),
  status: text().$type<LaneState>().notNull().default(sql`'waiting'::text`),
  instanceId: uuid('instance_id'),
  epoch: count().notNull().default(sql`0`),
  leaseUntil: timestamptz('lease_until'),
  heartbeatAt: timestamptz('heartbeat_at'),
  dispatchedAt: timestamptz('dispatched_at'),
  discovered: count().notNull().default(sql`0`),
  fetched: count().notNull().default(sql`0`),
  failed: count().notNull().default(sql`0`),
  skipped: count().notNull().default(sql`0`),
  inFlight: integer('in_flight').notNull().default(sql`0`),
  errors: count().notNull().default(sql`0`),
  wireBytes: count('wire_bytes').notNull().default(sql`0`),
  memoryPeakMb: doublePrecision('memory_peak_mb').notNull().default(sql`0`),
  waitingReason: text('waiting_reason').$type<WaitingReason>(),
  held: integer(),
  waitingSince: timestamptz('waiting_since').notNull().default(sql`now()`),
  takenAt: timestamptz('taken_at'),
  yieldRequestedAt: timestamptz('yield_requested_at'),
  passedAt: timestamptz('passed_at'),
  pageAllowance: count('page_allowance').notNull().default(sql`0`),
  pageDay: date('page_day'),
  createdAt: timestamptz('created_at').notNull().default(sql`now()`),
  updatedAt: timestamptz('updated_at').notNull().default(sql`now()`),
  lastBatch: count('last_batch').notNull().default(sql`0`),
});

/** One row: when lanes were last handed out. It belongs to no tenant. */
export const laneSharing = pgTable('lane_sharing', {
  onlyRow: boolean('only_row').notNull().default(sql`true`),
  urgentGrantedAt: timestamptz('urgent_granted_at'),
  normalGrantedAt: timestamptz('normal_granted_at'),
  backfillGrantedAt: timestamptz('backfill_granted_at'),
  fullAt: timestamptz('full_at'),
  intervalMs: doublePrecision('interval_ms'),
});
