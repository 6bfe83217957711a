import {
  blackoutOfTick,
  describeBlackout,
  type ListedSchedule,
  type TickReason,
  ticksAfter,
} from '@outrider/shared';

/** A tick that is to come, or that nobody has come to yet. Times are milliseconds since 1970. */
export interface ForecastTick {
  readonly at: number;
  /** Why it will be skipped as things stand; null when it will not. */
  readonly skip: { readonly reason: TickReason; readonly detail: string | null } | null;
}

export interface ForecastRange {
  readonly now: number;
  readonly begin: number;
  /** The first moment that is not wanted any more. */
  readonly end: number;
  /** Ticks before this moment, but for the schedule's next one, are none of the present timing's. */
  readonly plannedFrom: number | null;
}

/**
 * What firing will come to in a range of time, from the schedule's own next tick on, one by one. With a run limit that
 * begins before the range, since the runs until then count: such ticks are null.
 */
export function* forecastTicks(
  schedule: ListedSchedule,
  range: ForecastRange,
): Generator<ForecastTick | null, void> {
  const { maxRuns, runsStarted, status } = schedule;
  // A paused schedule starts nothing that would count.
  const isLimited = maxRuns !== null && status === 'active';
  let left = isLimited ? maxRuns - runsStarted : Number.POSITIVE_INFINITY;
  for (const tick of pendingTicks(schedule, range, isLimited ? Number.NEGATIVE_INFINITY : range.begin)) {
    if (left <= 0 || tick.at >= range.end) return;
    const skip = skipOf(schedule, tick.dueAt, range.now);
    if (skip === null) left -= 1;
    yield tick.at < range.begin ? null : { at: tick.at, skip };
  }
}

/** The schedule's next tick, and those after it that are not before `from`. */
function* pendingTicks(schedule: ListedSchedule, { plannedFrom }: ForecastRange, from: number) {
  const { id, status, nextTickAt, nextDueAt } = schedule;
  if (status === 'finished' || nextTickAt === null || nextDueAt === null) return;
  const next = Date.parse(nextTickAt);
  yield { at: next, dueAt: Date.parse(nextDueAt) };
  yield* ticksAfter(id, schedule, Math.max(next, plannedFrom ?? next, from - 1));
}

function skipOf(schedule: ListedSchedule, dueAt: number, now: number): ForecastTick['skip'] {
  const { status, statusReason } = schedule;
  if (status === 'paused') {
    const reason = statusReason === 'paused_after_failures' ? statusReason : 'paused_by_user';
    return { reason, detail: null };
  }
  const window = blackoutOfTick(schedule, dueAt, now);
  return window === null ? null : { reason: 'blackout', detail: describeBlackout(window) };
}
