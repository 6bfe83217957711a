import { readOccupancy, type StoredSchedule, type Tx } from '@outrider/db';
import { giveOrders } from '../commands/order-execution.js';
import type { EndDeps } from '../completion/end-execution.js';
import { triggerOf } from './start-for-tick.js';

/**
 * Cancels the live executions of a schedule's campaign, as overlap `cancel_running` wants, also those that somebody
 * stops already, and returns those that have not ended: one that no worker has touched ends at once.
 */
export async function cancelRunning(
  tx: Tx,
  deps: EndDeps,
  schedule: StoredSchedule,
  live: readonly string[],
): Promise<readonly string[]> {
  await giveOrders(tx, deps, live, {
    kind: 'cancel',
    cause: 'request',
    by: triggerOf(schedule.config),
    reason: null,
    graceMs: 0,
  });
  const occupancy = await readOccupancy(tx, [schedule.campaignId]);
  return occupancy.get(schedule.campaignId)?.live ?? [];
}
