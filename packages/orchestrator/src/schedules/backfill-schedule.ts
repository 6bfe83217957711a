import { lockSchedule, readRecordedTicks, recordTicks, type TickRecord, type Tx } from '@outrider/db';
import { createTickPlan, OutriderError } from '@outrider/shared';

/** Which past ticks to start: planned from `from` on and before `to`, in milliseconds since 1970. */
export interface BackfillRange {
  readonly from: number;
  readonly to: number;
  /** A range with more ticks is refused. */
  readonly max: number;
}

/** The planned times that wait to be started now, oldest first, and how many of the range need none. */
export interface Backfilled {
  readonly waiting: readonly number[];
  readonly alreadyStarted: number;
}

/**
 * Puts the ticks of a past range that have not started into the ledger as waiting: they are started one
 * after another, as the campaign gets free (all at once where the overlap policy is `allow`). Ticks that
 * were missed, skipped or failed get this outcome instead. They do not count towards the schedule's limit.
 *
 * Throws `not_found`, `validation_failed` for a range in the future, `limit_exceeded` for one with too many.
 */
export async function backfillSchedule(
  tx: Tx,
  scheduleId: string,
  range: BackfillRange,
): Promise<Backfilled> {
  const { schedule, now } = await lockSchedule(tx, scheduleId);
  if (range.to > now) throw inFuture();
  const ticks = createTickPlan(schedule.config).between(range.from - 1, range.to - 1, range.max + 1);
  // The tick that comes next is the planner's, even if it is due already.
  const past = ticks.filter(({ at }) => schedule.next === null || at < schedule.next.at);
  if (past.length > range.max) {
    throw new OutriderError(
      'limit_exceeded',
      `The range has more than ${range.max} ticks. Take a shorter one.`,
    );
  }
  const recorded = await readRecordedTicks(tx, scheduleId, range.from, range.to);
  const waiting = past.filter(({ at }) => {
    const outcome = recorded.get(at);
    return outcome !== 'started' && outcome !== 'buffered';
  });
  const { tenantId, campaignId } = schedule;
  const records = waiting.map(
    ({ at }): TickRecord => ({
      ...{ scheduleId, tenantId, campaignId, at, dueAt: at, kind: 'backfill' },
      ...{ outcome: 'buffered', reason: 'backfilled', detail: null, executionId: null },
    }),
  );
  await recordTicks(tx, records, { replace: true });
  return { waiting: waiting.map(({ at }) => at), alreadyStarted: past.length - waiting.length };
}

function inFuture(): OutriderError {
  const fields = [{ path: 'to', code: 'custom', message: 'it must not lie in the future' }];
  return new OutriderError('validation_failed', 'A backfill is for the past: see fields.', { fields });
}
