import { readOccupancy, type StoredSchedule, type Tx } from '@outrider/db';
import { stopWithin } from '../commands/stop-execution.js';
import type { EndDeps } from '../completion/end-execution.js';
import { triggerOf } from './start-for-tick.js';

/**
 * Asks live executions of a schedule's campaign to end, as overlap `cancel_running` wants, and returns those
 * that have not: one that no worker has touched ends at once.
 */
export async function endRunning(
  tx: Tx,
  deps: EndDeps,
  schedule: StoredSchedule,
  live: readonly string[],
): Promise<readonly string[]> {
  for (const executionId of live) await stopWithin(tx, deps, executionId, triggerOf(schedule.config));
  const occupancy = await readOccupancy(tx, [schedule.campaignId]);
  return occupancy.get(schedule.campaignId)?.live ?? [];
}
