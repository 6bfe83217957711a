import type { Tx } from '../connect/database.js';
import type { LaneHold } from './take-lane.js';

/**
 * Returns to the frontier what is leased to a lane and not among `heldKeys`, with its attempt undone; says how
 * many URLs that were. They would stay leased for as long as the lane lives, in two cases: the answer to a claim's
 * commit was lost, and the lane knows nothing of the claim; or the server lost a commit of settled URLs in a
 * crash, and the lane has put them out of its mind. Fenced by the lane's epoch.
 *
 * The lane's row is locked first, by a statement of its own: a claim that is still under way holds it until its
 * commit, and only the next statement sees what that brought.
 */
export async function returnUnheldTargets(
  tx: Tx,
  hold: LaneHold,
  heldKeys: readonly string[],
): Promise<number> {
  if (!(await lockHeldLane(tx, hold))) return 0;
  const returned = await tx.sql`
    update crawl_targets set state = 'pending', lane_id = null, lane_epoch = null, attempt = greatest(attempt - 1, 0)
    where execution_id = ${hold.executionId} and lane_id = ${hold.laneId} and lane_epoch = ${hold.epoch}
      and state = 'leased' and url_key <> all(${[...heldKeys]}::uuid[])`;
  await tx.sql`
    update execution_lanes set in_flight = in_flight - ${returned.count},
      page_allowance = page_allowance + case when page_day is null then 0 else ${returned.count} end
    where id = ${hold.laneId}`;
  return returned.count;
}

/** The same for sitemaps, of which a lane that asks for one holds none. */
export async function returnUnheldSitemaps(tx: Tx, hold: LaneHold): Promise<number> {
  if (!(await lockHeldLane(tx, hold))) return 0;
  const returned = await tx.sql`
    update execution_sitemaps
    set state = 'pending', lane_id = null, lane_epoch = null, attempt = greatest(attempt - 1, 0)
    where execution_id = ${hold.executionId} and lane_id = ${hold.laneId} and lane_epoch = ${hold.epoch} and state = 'reading'`;
  return returned.count;
}

async function lockHeldLane(tx: Tx, hold: LaneHold): Promise<boolean> {
  const rows = await tx.sql`
    select 1 from execution_lanes
    where id = ${hold.laneId} and epoch = ${hold.epoch} and status = 'active' for update`;
  return rows.length === 1;
}
