import type { Tx } from '../connect/database.js';

/**
 * Returns targets that are leased under an epoch nobody holds any more to the frontier, and says how many
 * there were. A claim that commits at the very moment its lane is taken away can leave some; without this
 * the execution would wait for them for ever. Epochs only rise, so a stray target never becomes a held one.
 */
export async function returnStrayTargets(tx: Tx): Promise<number> {
  const returned = await tx.sql`
    with live as materialized (
      select id from campaign_executions where completed_at is null and status <> 'queued'
    ), stray as materialized (
      -- Found before any row of theirs is looked for: otherwise every leased URL is, each among all of them.
      select target.execution_id, target.url_key
      from live
      cross join lateral (
        select execution_id, url_key, lane_id, lane_epoch from crawl_targets
        where execution_id = live.id and state = 'leased'
      ) target
      where not exists (
        select from execution_lanes lane
        where lane.id = target.lane_id and lane.epoch = target.lane_epoch and lane.status = 'active')
    )
    update crawl_targets target
    set state = 'pending', lane_id = null, lane_epoch = null, attempt = greatest(attempt - 1, 0)
    from stray
    where target.execution_id = stray.execution_id and target.url_key = stray.url_key and target.state = 'leased'
      and not exists (
        select from execution_lanes lane
        where lane.id = target.lane_id and lane.epoch = target.lane_epoch and lane.status = 'active')`;
  return returned.count;
}
