import type { ScheduleConfig } from './schedule-config.js';
import { tickJitter } from './tick-jitter.js';
import { createTickPlan, type PlannedTick } from './tick-plan.js';

/** When a schedule starts next: the planned time, and with its jitter the time it is due. Milliseconds since 1970. */
export interface NextTick extends PlannedTick {
  readonly dueAt: number;
}

type Timing = Pick<ScheduleConfig, 'cron' | 'timeZone' | 'jitterSeconds' | 'startsAt' | 'endsAt'>;

/**
 * The ticks of a schedule after a moment and between its start and end, as far as they are asked for. The
 * jitter of each ends before the tick that follows: a schedule has one tick at a time that is put off.
 */
export function* ticksAfter(scheduleId: string, timing: Timing, after: number): Generator<NextTick, void> {
  const { startsAt, endsAt, jitterSeconds } = timing;
  const end = endsAt === null ? Number.POSITIVE_INFINITY : Date.parse(endsAt);
  const plan = createTickPlan(timing);
  // A tick at the very start counts.
  let tick = plan.after(startsAt === null ? after : Math.max(after, Date.parse(startsAt) - 1));
  while (tick !== null && tick.at < end) {
    if (jitterSeconds === 0) {
      yield { ...tick, dueAt: tick.at };
      tick = plan.after(tick.at);
      continue;
    }
    const following = plan.after(tick.at);
    const toNext = (following?.at ?? Number.POSITIVE_INFINITY) - tick.at;
    const jitter = tickJitter(scheduleId, tick.at, Math.min(jitterSeconds, toNext / 1_000));
    yield { ...tick, dueAt: tick.at + jitter };
    tick = following;
  }
}

/** The first of them; null when there is none. */
export function nextTick(scheduleId: string, timing: Timing, after: number): NextTick | null {
  const [tick] = nextTicks(scheduleId, timing, after, 1);
  return tick ?? null;
}

/** The next ticks of a schedule after a moment, at most `count`. */
export function nextTicks(scheduleId: string, timing: Timing, after: number, count: number): NextTick[] {
  const ticks: NextTick[] = [];
  if (count <= 0) return ticks;
  for (const tick of ticksAfter(scheduleId, timing, after)) {
    ticks.push(tick);
    if (ticks.length >= count) break;
  }
  return ticks;
}
