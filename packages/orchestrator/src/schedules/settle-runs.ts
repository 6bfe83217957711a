import {
  dropBufferedTicks,
  type EndedRuns,
  moveSchedules,
  type ScheduleMove,
  settleEndedTicks,
  type Tx,
} from '@outrider/db';
import { type ExecutionState, ZONE_RULES } from '@outrider/shared';
import type { DutyReport } from '../duties/duty.js';
import type { ScheduleDutyDeps } from './schedule-deps.js';
import { tellStanding } from './tell-ticks.js';

const TICKS_AT_ONCE = 200;

/**
 * Notes how the executions of ticks ended, counts failures in a row, and pauses the schedules that have
 * had as many as they allow. A success sets the count to 0; a stop by hand says nothing either way.
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
  const moves = runs.map(({ schedule, ends }) => moveAfter(schedule, ends));
  await moveSchedules(tx, moves);
  const inOrder = runs
    .map((run, index) => ({ run, move: moves[index] }))
    .sort((a, b) => (a.run.schedule.campaignId < b.run.schedule.campaignId ? -1 : 1));
  for (const { run, move } of inOrder) {
    if (move === undefined || move.status === run.schedule.status) continue;
    const end = { outcome: 'skipped_paused', reason: 'paused_after_failures' } as const;
    await dropBufferedTicks(tx, run.schedule.id, end);
    await tellStanding(tx, run.schedule, move);
  }
  return runs.reduce((sum, { ends }) => sum + ends.length, 0);
}

function moveAfter(schedule: EndedRuns['schedule'], ends: readonly ExecutionState[]): ScheduleMove {
  const { id, config, status, statusReason, next, runsStarted } = schedule;
  let failures = schedule.consecutiveFailures;
  for (const end of ends) {
    if (end === 'failed') failures += 1;
    if (end === 'completed') failures = 0;
  }
  const same = { scheduleId: id, runsStarted, consecutiveFailures: failures, next, zoneRules: ZONE_RULES };
  const { pauseAfterFailures } = config;
  const isTooMany = pauseAfterFailures !== null && failures >= pauseAfterFailures;
  if (status !== 'active' || !isTooMany) return { ...same, status, statusReason };
  return { ...same, status: 'paused', statusReason: 'paused_after_failures' };
}
