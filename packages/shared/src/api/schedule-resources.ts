import { z } from 'zod';
import { EXECUTION_STATES } from '../execution/execution-states.js';
import { SCHEDULE_LIMITS, scheduleConfig } from '../schedule/schedule-config.js';
import {
  SCHEDULE_END_NAMES,
  SCHEDULE_STATE_REASONS,
  SCHEDULE_STATES,
  TICK_KINDS,
  TICK_OUTCOME_NAMES,
  TICK_REASON_NAMES,
} from '../schedule/tick-outcomes.js';
import { TICK_RULES } from '../schedule/tick-plan.js';
import { count, time } from './fields.js';

// Schedules, and the ledger of their ticks.

export const scheduleCreate = scheduleConfig.meta({ id: 'ScheduleCreate' });
export type ScheduleCreateInput = z.input<typeof scheduleCreate>;

export const schedule = z
  .strictObject({
    id: z.uuid(),
    campaignId: z.uuid(),
    ...scheduleConfig.shape,
    status: z.enum(SCHEDULE_STATES),
    /** Why it is paused or finished. */
    statusReason: z.enum(SCHEDULE_STATE_REASONS).nullable(),
    /** Planned ticks that have started an execution, or wait to. Runs by hand and backfills are not counted, here or towards `maxRuns`. */
    runsStarted: count,
    consecutiveFailures: count,
    /** The next planned start; null when there is none. A paused schedule notes its ticks as skipped. */
    nextTickAt: time.nullable(),
    /** The same with its jitter. */
    nextDueAt: time.nullable(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Schedule' });
export type Schedule = z.infer<typeof schedule>;

export const scheduleTick = z
  .strictObject({
    scheduleId: z.uuid(),
    /** The planned time, which with the schedule names the tick. */
    scheduledFor: time,
    kind: z.enum(TICK_KINDS),
    /** When it should have started: the planned time with its jitter. */
    dueAt: time,
    /** When it got its outcome: for a started one, the actual start. */
    decidedAt: time,
    outcome: z.enum(TICK_OUTCOME_NAMES),
    reason: z.enum(TICK_REASON_NAMES),
    /** The reason's particulars: a blackout window, an execution, an error. */
    detail: z.string().nullable(),
    executionId: z.uuid().nullable(),
    /** How its execution stands. */
    executionStatus: z.enum(EXECUTION_STATES).nullable(),
  })
  .meta({ id: 'ScheduleTick' });
export type ScheduleTick = z.infer<typeof scheduleTick>;

export const schedulePreview = z
  .strictObject({
    timeZone: z.string(),
    ticks: z.array(
      z.strictObject({
        scheduledFor: time,
        /** As the zone's clocks show it, with their offset from UTC. */
        localTime: time,
        /** The planned time with its jitter. */
        dueAt: time,
        rule: z.enum(TICK_RULES),
        /** The blackout window that will skip it, in words. */
        blackout: z.string().nullable(),
      }),
    ),
    /** Why none follows after these; null where more do. */
    end: z.enum(SCHEDULE_END_NAMES).nullable(),
  })
  .meta({ id: 'SchedulePreview' });
export type SchedulePreview = z.infer<typeof schedulePreview>;

export const scheduleBackfill = z
  .strictObject({
    from: time,
    /** Ticks before this moment; it must not lie in the future. */
    to: time,
    /** Most ticks; a range with more is refused. */
    max: z.int().min(1).max(SCHEDULE_LIMITS.backfillTicks).default(SCHEDULE_LIMITS.backfillTicks),
  })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), {
    path: ['to'],
    message: 'it must lie after `from`',
  })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= SCHEDULE_LIMITS.backfillDays * 86_400_000, {
    path: ['to'],
    message: `at most ${SCHEDULE_LIMITS.backfillDays} days after \`from\``,
  })
  .meta({ id: 'ScheduleBackfill' });

export const scheduleBackfilled = z
  .strictObject({
    /** Ticks that wait to be started now. */
    ticks: z.array(scheduleTick),
    /** Ticks of the range that had started before, or were waiting already. */
    alreadyStarted: count,
  })
  .meta({ id: 'ScheduleBackfilled' });
export type ScheduleBackfilled = z.infer<typeof scheduleBackfilled>;
