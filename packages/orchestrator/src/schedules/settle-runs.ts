import { settleEndedTicks, type Tx } from '@outrider/db';
import type { DutyReport } from '../duties/duty.js';
import { countEnds } from './count-ends.js';
import type { ScheduleDutyDeps } from './schedule-deps.js';
import { tellStanding } from './tell-ticks.js';

const TICKS_AT_ONCE = 200;

/**
 * Notes how the executions of ticks ended, counts failures in a row, and pauses the schedules that have
 * had as many as they allow.
 */
export async function settleRuns({ database }: Pick<ScheduleDutyDeps, 'database'>): Promise<DutyReport> {
  let settled = 0;
  for (;;) {
    const ended = await database.withSystem((tx) => settle(tx));
    if (ended === 0) return { settled };
    settled += ended;
  }
}

async function settle(tx: Tx): Promise<number> {
  const runs = await settleEndedTicks(tx, TICKS_AT_ONCE);
  const moves = await countEnds(tx, runs);
  const inOrder = runs
    .map((run, index) => ({ run, move: moves[index] }))
    .sort((a, b) => (a.run.schedule.campaignId < b.run.schedule.campaignId ? -1 : 1));
  for (const { run, move } of inOrder) {
    if (move !== undefined) await tellStanding(tx, run.schedule, move);
  }
  return runs.reduce((sum, { ends }) => sum + ends.length, 0);
}
