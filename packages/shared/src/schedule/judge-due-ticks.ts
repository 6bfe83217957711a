import type { CatchUp } from './schedule-config.js';
import type { TickReason } from './tick-outcomes.js';

/** A tick that is due: when it was planned for, and when it should have started (with its jitter). */
export interface DueTick {
  readonly at: number;
  readonly dueAt: number;
}

/** What to do with a due tick: start it (now, or after the one before it), or note that it was missed. */
export type DueVerdict =
  | { readonly act: 'start'; readonly reason: 'on_time' | 'caught_up' }
  | { readonly act: 'miss'; readonly reason: TickReason };

/** A start this late is still on time: orchestrators restart, and many ticks may be due at once. */
export const ON_TIME_MS = 60_000;

/**
 * Judges the ticks of one schedule that are due, oldest first; pure. On time is started. Of those that
 * are late, `none` starts none; `one` the newest, unless a tick on time stands for it; `all` the newest `max`.
 */
export function judgeDueTicks(ticks: readonly DueTick[], catchUp: CatchUp, now: number): DueVerdict[] {
  const late = ticks.map(({ dueAt }) => now - dueAt > ON_TIME_MS);
  const inWindow = ticks.map(({ dueAt }) => now - dueAt <= catchUp.windowSeconds * 1_000);
  return ticks.map((_, index) => {
    if (late[index] !== true) return { act: 'start', reason: 'on_time' };
    if (catchUp.mode === 'none') return { act: 'miss', reason: 'catch_up_none' };
    if (inWindow[index] !== true) return { act: 'miss', reason: 'catch_up_window' };
    const newer = ticks.length - 1 - index;
    if (catchUp.mode === 'one') {
      return newer === 0 ? { act: 'start', reason: 'caught_up' } : { act: 'miss', reason: 'catch_up_one' };
    }
    const newerLate = late.filter((isLate, other) => other > index && isLate).length;
    return newerLate < catchUp.max
      ? { act: 'start', reason: 'caught_up' }
      : { act: 'miss', reason: 'catch_up_max' };
  });
}
