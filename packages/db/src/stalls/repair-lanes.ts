import type { Tx } from '../connect/database.js';
import { type ReturnedLane, returnLostLane } from '../lanes/return-lost-lanes.js';

/**
 * Takes a lane from a worker that still renews it and gets nothing done, as if its lease had lapsed: the URLs it
 * holds count this as a death, so that one that hangs its worker each time ends in quarantine. Null when the
 * lane changed hands meanwhile or is busy just now.
 */
export async function takeLaneAway(
  tx: Tx,
  lane: { readonly laneId: string; readonly executionId: string; readonly epoch: number },
): Promise<ReturnedLane | null> {
  await tx.sql`select 1 from campaign_executions where id = ${lane.executionId} for no key update skip locked`;
  await tx.sql`
    update execution_lanes set lease_until = clock_timestamp() - interval '1 second'
    where id = ${lane.laneId} and epoch = ${lane.epoch} and status = 'active'`;
  return returnLostLane(tx, lane);
}

/**
 * Raises the epoch of lanes that wait, so that their next offer is a job of another id than the last, and makes them
 * due at once. Whatever swallowed the old job, and whoever may still get it, is passed by. Returns how many.
 */
export async function offerAnew(tx: Tx, laneIds: readonly string[]): Promise<number> {
  const raised = await tx.sql`
    update execution_lanes set epoch = epoch + 1, dispatched_at = null
    where id = any(${[...laneIds]}::uuid[]) and status = 'waiting'`;
  return raised.count;
}
