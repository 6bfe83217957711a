import type {
  ExecutionState,
  OverlapPolicy,
  ScheduleState,
  ScheduleStateReason,
  TickKind,
  TickOutcome,
  TickReason,
} from '@outrider/shared';
import { sql } from 'drizzle-orm';
import { integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { timestamptz } from './column-types.js';

/** When campaigns run by themselves. */
export const crawlerSchedules = pgTable('crawler_schedules', {
  id: uuid().notNull(),
  tenantId: uuid('tenant_id').notNull(),
  campaignId: uuid('campaign_id').notNull(),
  name: text().notNull(),
  cron: text().notNull(),
  timeZone: text('time_zone').notNull().default(sql`'UTC'::text`),
  status: text().$type<ScheduleState>().notNull().default(sql`'active'::text`),
  overlapPolicy: text('overlap_policy').$type<OverlapPolicy>().notNull().default(sql`'skip'::text`),
  catchUpMode: text('catch_up_mode').$type<'none' | 'one' | 'all'>().notNull().default(sql`'one'::text`),
  catchUpMax: integer('catch_up_max').notNull().default(sql`1`),
  catchUpWindowSeconds: integer('catch_up_window_seconds').notNull().default(sql`3600`),
  jitterSeconds: integer('jitter_seconds').notNull().default(sql`0`),
  blackouts: jsonb().$type<unknown>().notNull().default(sql`'[]'::jsonb`),
  pauseAfterFailures: integer('pause_after_failures'),
  consecutiveFailures: integer('consecutive_failures').notNull().default(sql`0`),
  startsAt: timestamptz('starts_at'),
  endsAt: timestamptz('ends_at'),
  maxRuns: integer('max_runs'),
  nextTickAt: timestamptz('next_tick_at'),
  statusReason: text('status_reason').$type<ScheduleStateReason>(),
  runsStarted: integer('runs_started').notNull().default(sql`0`),
  nextDueAt: timestamptz('next_due_at'),
  zoneRules: text('zone_rules').notNull().default(sql`''::text`),
  deletedAt: timestamptz('deleted_at'),
  createdAt: timestamptz('created_at').notNull().default(sql`now()`),
  updatedAt: timestamptz('updated_at').notNull().default(sql`now()`),
  plannedFrom: timestamptz('planned_from'),
});

/** One row per planned start, whatever came of it. */
export const scheduleTicks = pgTable('schedule_ticks', {
  scheduleId: uuid('schedule_id').notNull(),
  scheduledFor: timestamptz('scheduled_for').notNull(),
  tenantId: uuid('tenant_id').notNull(),
  firedAt: timestamptz('fired_at').notNull().default(sql`now()`),
  outcome: text().$type<TickOutcome>().notNull(),
  reason: text().$type<TickReason>().notNull(),
  executionId: uuid('execution_id'),
  campaignId: uuid('campaign_id').notNull(),
  kind: text().$type<TickKind>().notNull().default(sql`'planned'::text`),
  dueAt: timestamptz('due_at').notNull(),
  detail: text(),
  executionStatus: text('execution_status').$type<ExecutionState>(),
});
