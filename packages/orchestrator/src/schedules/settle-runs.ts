import { isConnectionError, type SettleClaim, settleEndedTicks, type Tx } from '@outrider/db';
import type { DutyReport } from '../duties/duty.js';
import { countEnds } from './count-ends.js';
import type { ScheduleDutyDeps } from './schedule-deps.js';
import { tellStanding } from './tell-ticks.js';

type Deps = Pick<ScheduleDutyDeps, 'database' | 'logger'>;

const TICKS_AT_ONCE = 200;

/**
 * Notes how the executions of ticks ended, counts failures in a row, and pauses the schedules that have
 * had as many as they allow. The schedules of a batch that breaks are settled alone, each in a transaction of
 * its own; one that breaks there too is left to the next run, and holds up no other.
 */
export async function settleRuns(deps: Deps): Promise<DutyReport> {
  const passedOver = new Set<string>();
  for (let settled = 0; ; ) {
    const ended = await settleBatch(deps, passedOver);
    if (ended === null) return { settled };
    settled += ended;
  }
}

/** How many ticks were settled; null when there are none but those of schedules that were passed over. */
async function settleBatch(deps: Deps, passedOver: Set<string>): Promise<number | null> {
  const claimed: string[] = [];
  const claim = { limit: TICKS_AT_ONCE, except: [...passedOver], claimed };
  try {
    const settled = await deps.database.withSystem((tx) => settle(tx, claim));
    return claimed.length === 0 ? null : settled;
  } catch (error) {
    if (isConnectionError(error) || claimed.length === 0) throw error;
    deps.logger.warn(
      { err: error, scheduleIds: claimed },
      'ends of schedules could not be noted together; each is tried alone',
    );
    return settleEach(deps, claimed, passedOver);
  }
}

async function settleEach(
  deps: Deps,
  scheduleIds: readonly string[],
  passedOver: Set<string>,
): Promise<number> {
  let settled = 0;
  for (const only of scheduleIds) {
    try {
      settled += await deps.database.withSystem((tx) => settle(tx, { limit: TICKS_AT_ONCE, only }));
    } catch (error) {
      if (isConnectionError(error)) throw error;
      deps.logger.error({ err: error, scheduleId: only }, 'the ends of a schedule could not be noted');
      passedOver.add(only);
    }
  }
  return settled;
}

async function settle(tx: Tx, claim: SettleClaim): Promise<number> {
  const runs = await settleEndedTicks(tx, claim);
  const moves = await countEnds(tx, runs);
  const inOrder = runs
    .map((run, index) => ({ run, move: moves[index] }))
    .sort((a, b) => (a.run.schedule.campaignId < b.run.schedule.campaignId ? -1 : 1));
  for (const { run, move } of inOrder) {
    if (move !== undefined) await tellStanding(tx, run.schedule, move);
  }
  return runs.reduce((sum, { ends }) => sum + ends.length, 0);
}
