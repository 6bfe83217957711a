import { z } from 'zod';
import { EXECUTION_STATES } from '../execution/execution-states.js';
import { TICK_OUTCOME_NAMES, TICK_REASON_NAMES } from '../schedule/tick-outcomes.js';
import { count, time } from './fields.js';
import { schedule } from './schedule-resources.js';

// The ticks of all schedules by days, those that were and those that are to come.

export const CALENDAR_LIMITS = {
  days: 42,
  /** Schedules of one answer, the oldest first. */
  schedules: 100,
  /** Ticks of a schedule that are looked at, on either side of now. */
  ticksPerSchedule: 2_000,
  /** Ticks to come that are looked at, of all schedules together. */
  ticksAhead: 10_000,
  /** Ticks of a schedule and a day that are listed; the others are counted. */
  ticksPerDay: 8,
} as const;

/** A schedule with the campaign that it is of. */
export const listedSchedule = z
  .strictObject({ ...schedule.shape, campaignName: z.string() })
  .meta({ id: 'ListedSchedule' });
export type ListedSchedule = z.infer<typeof listedSchedule>;

const calendarTick = z.strictObject({
  scheduledFor: time,
  /** planned: it is to come. to_be_skipped: as things stand it will come to nothing; the reason says why. */
  outcome: z.enum([...TICK_OUTCOME_NAMES, 'planned', 'to_be_skipped']),
  /** Null for one that is planned. */
  reason: z.enum(TICK_REASON_NAMES).nullable(),
  /** The reason's particulars, such as the blackout. */
  detail: z.string().nullable(),
  executionId: z.uuid().nullable(),
  executionStatus: z.enum(EXECUTION_STATES).nullable(),
});
export type CalendarTick = z.infer<typeof calendarTick>;

/** What a schedule does on a day. */
export const calendarEntry = z
  .strictObject({
    day: z.iso.date(),
    scheduleId: z.uuid(),
    /** How many ticks there are, by outcome, `planned` and `to_be_skipped` among them. */
    counts: z.record(z.string(), count),
    /** The first eight of them. */
    ticks: z.array(calendarTick),
  })
  .meta({ id: 'CalendarEntry' });
export type CalendarEntry = z.infer<typeof calendarEntry>;

export const scheduleCalendar = z
  .strictObject({
    timeZone: z.string(),
    from: z.iso.date(),
    to: z.iso.date(),
    schedules: z.array(listedSchedule),
    /** By day, then by the time of the first tick. Days and schedules without a tick are left out. */
    entries: z.array(calendarEntry),
    /** Whether there are schedules beyond those shown. */
    hasMoreSchedules: z.boolean(),
    /** Schedules with more ticks than are looked at: of the past the newest are here, of the future the next, or none. */
    cutSchedules: z.array(z.uuid()),
  })
  .meta({ id: 'ScheduleCalendar' });
export type ScheduleCalendar = z.infer<typeof scheduleCalendar>;
