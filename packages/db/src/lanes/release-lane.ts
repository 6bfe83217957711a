import type { Tx } from '../connect/database.js';
import { appendEvent } from '../events/append-event.js';
import { finishLaneOperations } from '../operations/obey-operation.js';
import { returnBookedPages } from '../quotas/book-pages.js';
import { returnReleasedSitemaps } from '../sitemaps/return-sitemaps.js';
import type { LaneHold } from './take-lane.js';

/**
 * Gives a lane back: targets it still holds are pending again with their attempt undone, its host
 * permits are free, and another worker may take it at once. Does nothing for a lane already lost.
 */
export async function releaseLane(tx: Tx, hold: LaneHold, reason: string): Promise<boolean> {
  await returnBookedPages(tx, { laneId: hold.laneId, epoch: hold.epoch });
  const held = await tx.sql`
    update execution_lanes
    set status = 'waiting', lease_until = null, instance_id = null, in_flight = 0, dispatched_at = null,
        waiting_since = clock_timestamp(), yield_requested_at = null
    where id = ${hold.laneId} and epoch = ${hold.epoch} and status = 'active'`;
  await tx.sql`delete from host_permits where lane_id = ${hold.laneId} and lane_epoch <= ${hold.epoch}`;
  if (held.count === 0) return false;
  await tx.sql`
    update crawl_targets set state = 'pending', lane_id = null, lane_epoch = null, attempt = greatest(attempt - 1, 0)
    where execution_id = ${hold.executionId} and lane_id = ${hold.laneId} and state = 'leased'`;
  await returnReleasedSitemaps(tx, hold.executionId, hold.laneId);
  await finishLaneOperations(tx, hold.laneId);
  await appendEvent(tx, {
    tenantId: hold.tenantId,
    campaignId: hold.campaignId,
    executionId: hold.executionId,
    type: 'lane.released',
    payload: { laneId: hold.laneId, instanceId: hold.instanceId, epoch: hold.epoch, reason },
  });
  return true;
}
