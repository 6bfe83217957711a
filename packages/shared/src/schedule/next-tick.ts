import type { ScheduleConfig } from './schedule-config.js';
import { tickJitter } from './tick-jitter.js';
import { createTickPlan, type PlannedTick } from './tick-plan.js';

/** When a schedule starts next: the planned time, and with its jitter the time it is due. Milliseconds since 1970. */
export interface NextTick extends PlannedTick {
  readonly dueAt: number;
}

type Timing = Pick<ScheduleConfig, 'cron' | 'timeZone' | 'jitterSeconds' | 'startsAt' | 'endsAt'>;

/** The first tick of a schedule after a moment and between its start and end; null when there is none. */
export function nextTick(scheduleId: string, timing: Timing, after: number): NextTick | null {
  // A tick at the very start counts.
  const from = timing.startsAt === null ? after : Math.max(after, Date.parse(timing.startsAt) - 1);
  const tick = createTickPlan(timing).after(from);
  if (tick === null || (timing.endsAt !== null && tick.at >= Date.parse(timing.endsAt))) return null;
  return { ...tick, dueAt: tick.at + tickJitter(scheduleId, tick.at, timing.jitterSeconds) };
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
