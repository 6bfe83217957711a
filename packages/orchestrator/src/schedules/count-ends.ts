import { dropBufferedTicks, type EndedRuns, moveSchedules, type ScheduleMove, type Tx } from '@outrider/db';
import type { ExecutionState } from '@outrider/shared';

/**
 * Counts how starts of schedules ended, the failures in a row, and pauses the schedules that have had as many
 * as they allow: what waits of them is given up. The rows of the schedules must be locked. Returns the moves in
 * the order given; the caller tells of them (`tellStanding`).
 */
export async function countEnds(tx: Tx, runs: readonly EndedRuns[]): Promise<readonly ScheduleMove[]> {
  const moves = runs.map(({ schedule, ends }) => moveAfter(schedule, ends));
  await moveSchedules(tx, moves);
  for (const [index, { schedule }] of runs.entries()) {
    if (moves[index]?.status === schedule.status) continue;
    await dropBufferedTicks(tx, schedule.id, { outcome: 'skipped_paused', reason: 'paused_after_failures' });
  }
  return moves;
}

/** A success sets the count to 0; a stop by hand says nothing either way. */
function moveAfter(schedule: EndedRuns['schedule'], ends: readonly ExecutionState[]): ScheduleMove {
  const { id, config, status, statusReason, next, zoneRules, runsStarted } = schedule;
  let failures = schedule.consecutiveFailures;
  for (const end of ends) {
    if (end === 'failed') failures += 1;
    if (end === 'completed') failures = 0;
  }
  const same = { scheduleId: id, runsStarted, consecutiveFailures: failures, next, zoneRules };
  const { pauseAfterFailures } = config;
  const isTooMany = pauseAfterFailures !== null && failures >= pauseAfterFailures;
  if (status !== 'active' || !isTooMany) return { ...same, status, statusReason };
  return { ...same, status: 'paused', statusReason: 'paused_after_failures' };
}
