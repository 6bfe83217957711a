import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';

/** Whether the lane is still the holder's; if so, nobody can take it away before the transaction ends. */
export async function holdsLane(tx: Tx, hold: LaneHold): Promise<boolean> {
  const rows = await tx.sql`
    select 1 from execution_lanes
    where id = ${hold.laneId} and epoch = ${hold.epoch} and status = 'active' and lease_until > now() for update`;
  return rows.length === 1;
}
