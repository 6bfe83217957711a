import type { ScheduleConfig } from './schedule-config.js';
import { tickJitter } from './tick-jitter.js';
import { createTickPlan, type PlannedTick } from './tick-plan.js';

/** When a schedule starts next: the planned time, and with its jitter the time it is due. Milliseconds since 1970. */
export interface NextTick extends PlannedTick {
  readonly dueAt: number;
}

type Timing = Pick<ScheduleConfig, 'cron' | 'timeZone' | 'jitterSeconds' | 'startsAt' | 'endsAt'>;

/**
 * The first tick of a schedule after a moment and between its start and end; null when there is none. Its
 * jitter ends before the tick that follows: a schedule has one tick at a time that is put off.
 */
export function nextTick(scheduleId: string, timing: Timing, after: number): NextTick | null {
  const { startsAt, endsAt, jitterSeconds } = timing;
  // A tick at the very start counts.
  const from = startsAt === null ? after : Math.max(after, Date.parse(startsAt) - 1);
  const plan = createTickPlan(timing);
  const tick = plan.after(from);
  if (tick === null || (endsAt !== null && tick.at >= Date.parse(endsAt))) return null;
  if (jitterSeconds === 0) return { ...tick, dueAt: tick.at };
  const toNext = (plan.after(tick.at)?.at ?? Number.POSITIVE_INFINITY) - tick.at;
  const jitter = tickJitter(scheduleId, tick.at, Math.min(jitterSeconds, toNext / 1_000));
  return { ...tick, dueAt: tick.at + jitter };
}

/** The next ticks of a schedule after a moment, at most `count`. */
export function nextTicks(scheduleId: string, timing: Timing, after: number, count: number): NextTick[] {
  const ticks: NextTick[] = [];
  let tick = nextTick(scheduleId, timing, after);
  while (tick !== null && ticks.length < count) {
    ticks.push(tick);
    tick = nextTick(scheduleId, timing, tick.at);
  }
  return ticks;
}
