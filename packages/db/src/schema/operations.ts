import type { OperationCause, OperationKind, OperationState } from '@outrider/shared';
import { sql } from 'drizzle-orm';
import { integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { timestamptz } from './column-types.js';

/** What was asked of executions. */
export const executionOperations = pgTable('execution_operations', {
  id: uuid().notNull(),
  tenantId: uuid('tenant_id').notNull(),
  campaignId: uuid('campaign_id').notNull(),
  executionId: uuid('execution_id').notNull(),
  kind: text().$type<OperationKind>().notNull(),
  state: text().$type<OperationState>().notNull().default(sql`'running'::text`),
  cause: text().$type<OperationCause>().notNull().default(sql`'request'::text`),
  askedBy: text('asked_by').notNull(),
  reason: text(),
  graceMs: integer('grace_ms').notNull(),
  askedAt: timestamptz('asked_at').notNull().default(sql`clock_timestamp()`),
  doneAt: timestamptz('done_at'),
});

/** What each lane has said to an operation. */
export const operationLanes = pgTable('operation_lanes', {
  operationId: uuid('operation_id').notNull(),
  laneId: uuid('lane_id').notNull(),
  tenantId: uuid('tenant_id').notNull(),
  laneNumber: integer('lane_number').notNull(),
  instanceId: uuid('instance_id'),
  acknowledgedAt: timestamptz('acknowledged_at'),
  inFlightThen: integer('in_flight_then'),
  inFlight: integer('in_flight'),
  finishedAt: timestamptz('finished_at'),
});
