import type { StoredSchedule } from '@outrider/db';
import { type DueVerdict, judgeDueTicks, type NextTick, nextTick, SCHEDULE_LIMITS } from '@outrider/shared';

/** A due tick, and what is to be done with it. */
export interface JudgedTick {
  readonly at: number;
  readonly dueAt: number;
  readonly verdict: DueVerdict;
}

export interface DueTicks {
  readonly ticks: readonly JudgedTick[];
  /** What the schedule comes to after them; it may be due as well. Null when nothing follows. */
  readonly following: NextTick | null;
}

/** Ticks that one transaction records for one schedule: a month's outage of a schedule by the minute takes many. */
const TICKS_AT_ONCE = 500;
/** Of more ticks than this that are due, the oldest cannot be among those that are caught up with. */
const MOST_JUDGED = TICKS_AT_ONCE + SCHEDULE_LIMITS.catchUpMax;

/** The ticks of a schedule that are due, oldest first, each with its verdict by the catch-up policy; pure. */
export function listDueTicks(
  schedule: Pick<StoredSchedule, 'id' | 'config' | 'next' | 'plannedFrom'>,
  now: number,
): DueTicks {
  const { id, config, next, plannedFrom } = schedule;
  const after = (at: number): NextTick | null => nextTick(id, config, Math.max(at, plannedFrom ?? at));
  const due: { at: number; dueAt: number }[] = [];
  let following: { at: number; dueAt: number } | null = next;
  while (following !== null && following.dueAt <= now && due.length <= MOST_JUDGED) {
    due.push(following);
    following = after(following.at);
  }
  const verdicts = judgeDueTicks(due, config.catchUp, now);
  const kept = due.length > MOST_JUDGED ? TICKS_AT_ONCE : due.length;
  const ticks = due.slice(0, kept).flatMap((tick, index) => {
    const verdict = verdicts[index];
    return verdict === undefined ? [] : [{ ...tick, verdict }];
  });
  const last = ticks.at(-1);
  return { ticks, following: last === undefined ? null : after(last.at) };
}
