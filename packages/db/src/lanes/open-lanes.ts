import type { Tx } from '../connect/database.js';
import { isStarted } from '../quotas/tenant-quotas.js';

/** A worker that has not been heard of for this long takes no lanes that others wait for. Milliseconds. */
export const WORKER_SILENCE_MS = 30_000;

/**
 * The workers that take lanes and the room they have, as one jsonb: `workers`, `browsers`, `room`, `browserRoom`. A tenant
 * sees lanes of its own alone, so what workers say of themselves every few seconds counts as well.
 */
export function fleetFacts(tx: Tx) {
  return tx.sql`(
    select jsonb_build_object('workers', count(*), 'browsers', count(*) filter (where has_browser),
      'room', coalesce(sum(room), 0), 'browserRoom', coalesce(sum(room) filter (where has_browser), 0))
    from (
      select 'browser' = any(capabilities) as has_browser, greatest(0, capacity - greatest(lanes_active, (
        select count(*) from execution_lanes where instance_id = crawler_instances.id and status = 'active'))) as room
      from crawler_instances
      where state in ('idle', 'working') and heartbeat_at > clock_timestamp() - ${WORKER_SILENCE_MS} * interval '1 millisecond'
    ) as worker)`;
}

/** A condition: some worker that is alive has a browser. */
export function isAnyBrowser(tx: Tx) {
  return tx.sql`exists (
    select from crawler_instances where 'browser' = any(capabilities) and state in ('idle', 'working')
      and heartbeat_at > clock_timestamp() - ${WORKER_SILENCE_MS} * interval '1 millisecond')`;
}

/**
 * The quota that keeps a live row of `campaign_executions execution` from a lane, or null: for one execution what
 * `waitingOrder` finds for all. Its tenant may read it.
 */
export function heldByQuota(tx: Tx) {
  const classes = tx.sql`array['urgent', 'normal', 'backfill']`;
  return tx.sql`(
    select case
      when coalesce(today.pages, 0) >= quota.max_pages_per_day then 'quota_pages'
      when execution.status = 'queued' and quota.max_running_executions <= (
        select count(*) from campaign_executions where tenant_id = execution.tenant_id and ${isStarted(tx)}
      ) + case when ${isWithoutBrowser(tx, 'execution')} then 0 else (
        select count(*) from campaign_executions queued
        where queued.tenant_id = execution.tenant_id and queued.status = 'queued'
          and (array_position(${classes}, queued.priority), queued.id)
            < (array_position(${classes}, execution.priority), execution.id)
          and not (${isWithoutBrowser(tx, 'queued')})
      ) end then 'quota_executions'
    end
    from tenant_quotas quota
    left join tenant_page_days today
      on today.tenant_id = quota.tenant_id and today.day = (clock_timestamp() at time zone 'UTC')::date
    where quota.tenant_id = execution.tenant_id)`;
}

/** A condition on a row of campaign_executions: it renders, and nobody who is alive can. It waits for a worker, and takes no place. */
function isWithoutBrowser(tx: Tx, row: 'execution' | 'queued') {
  return tx.sql`${tx.sql(row)}.renderer = 'browser' and not ${isAnyBrowser(tx)}`;
}
