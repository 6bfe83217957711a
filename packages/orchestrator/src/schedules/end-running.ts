import { readOccupancy, type StoredSchedule, type Tx } from '@outrider/db';
import { GRACE_SECONDS } from '@outrider/shared';
import { giveOrder } from '../commands/order-execution.js';
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
  for (const executionId of live) {
    await giveOrder(tx, deps, {
      executionId,
      kind: 'stop',
      cause: 'request',
      by: triggerOf(schedule.config),
      reason: null,
      graceMs: GRACE_SECONDS.fallback * 1_000,
    });
  }
  const occupancy = await readOccupancy(tx, [schedule.campaignId]);
  return occupancy.get(schedule.campaignId)?.live ?? [];
}
