import { CLASS_PATIENCE_MS } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { WORKER_SILENCE_MS } from './open-lanes.js';

/** The part of a `with` clause that names the workers which can take lanes, each with the lanes it holds. */
export function liveWorkers(tx: Tx) {
  return tx.sql`
    worker as materialized (
      select instance.id, instance.capacity, 'browser' = any(instance.capabilities) as has_browser,
        coalesce(held.lanes, 0)::int as lanes
      from crawler_instances instance
      left join lateral (
        select count(*) as lanes from execution_lanes lane
        where lane.instance_id = instance.id and lane.status = 'active'
      ) held on true
      where instance.state in ('idle', 'working')
        and instance.heartbeat_at > clock_timestamp() - ${WORKER_SILENCE_MS} * interval '1 millisecond'
    )`;
}

/**
 * The part of a `with` clause that ends in `ordered`: every lane that waits for a worker, with `held_by` (the
 * quota that keeps it from one, or null) and its `place`. This is the one definition of who comes next.
 *
 * Start-time fair queuing over running lanes (Goyal, Vin and Cheng, 1996) with lanes of one size: the tag of
 * a lane is how many lanes its tenant would run in its class with it, and then how many its campaign would.
 * So lanes go to the class first in line; within it to the tenant, and then to the campaign, that runs
 * fewest; among equals to the one that has waited longest. A class of which nothing has run for as long as
 * its patience comes before the others.
 *
 * `which` narrows the lanes to those that a worker without a browser can take.
 */
export function waitingOrder(tx: Tx, which: 'all' | 'http' = 'all') {
  const { sql } = tx;
  const { normal, backfill } = CLASS_PATIENCE_MS;
  return sql`
    started as materialized (
      select tenant_id, count(*)::int as executions from campaign_executions
      where completed_at is null and status <> 'queued' group by tenant_id
    ), running as materialized (
      select execution.tenant_id, execution.campaign_id, execution.priority, count(*)::int as lanes
      from execution_lanes lane join campaign_executions execution on execution.id = lane.execution_id
      where lane.status = 'active' group by 1, 2, 3
    ), waiting as materialized (
      select lane.id, lane.epoch, lane.execution_id, lane.waiting_since, lane.passed_at,
        lane.waiting_reason is not distinct from 'worker_lost' as lost_worker, execution.tenant_id,
        execution.campaign_id, execution.priority, execution.renderer, execution.status,
        dense_rank() over (partition by execution.tenant_id, execution.status
          order by array_position(array['urgent', 'normal', 'backfill'], execution.priority), execution.id) as nth_of_status
      from execution_lanes lane join campaign_executions execution on execution.id = lane.execution_id
      where lane.status = 'waiting' and execution.completed_at is null and execution.status in ('queued', 'running')
        ${which === 'all' ? sql`` : sql`and execution.renderer = 'http'`}
    ), judged as materialized (
      select waiting.*,
        case
          when coalesce(today.pages, 0) >= quota.max_pages_per_day then 'quota_pages'
          when waiting.status = 'queued'
            and coalesce(started.executions, 0) + waiting.nth_of_status > quota.max_running_executions then 'quota_executions'
        end as held_by
      from waiting
      left join tenant_quotas quota on quota.tenant_id = waiting.tenant_id
      left join tenant_page_days today
        on today.tenant_id = waiting.tenant_id and today.day = (clock_timestamp() at time zone 'UTC')::date
      left join started on started.tenant_id = waiting.tenant_id
    ), class as materialized (
      select class.priority,
        case when not exists (select from running where running.priority = class.priority)
          and clock_timestamp() - greatest(class.granted_at, min(judged.waiting_since)) >= class.patience * interval '1 millisecond'
          then 0 else class.rank end as rank
      from lane_sharing
      cross join lateral (values ('urgent', 1, urgent_granted_at, null::float8), ('normal', 2, normal_granted_at, ${normal}::float8),
        ('backfill', 3, backfill_granted_at, ${backfill}::float8)) as class (priority, rank, granted_at, patience)
      join judged on judged.priority = class.priority and judged.held_by is null
      group by class.priority, class.rank, class.granted_at, class.patience
    ), campaign_load as materialized (
      select campaign_id, sum(lanes)::int as lanes from running group by 1
    ), tenant_load as materialized (
      select tenant_id, priority, sum(lanes)::int as lanes from running group by 1, 2
    ), campaign_tagged as (
      select judged.*, coalesce(class.rank, 4) as class_rank, coalesce(campaign_load.lanes, 0)
          + row_number() over (partition by judged.campaign_id, judged.held_by order by judged.waiting_since, judged.id) as campaign_tag
      from judged
      left join class on class.priority = judged.priority
      left join campaign_load on campaign_load.campaign_id = judged.campaign_id
    ), tagged as (
      select campaign_tagged.*, coalesce(tenant_load.lanes, 0)
          + row_number() over (partition by campaign_tagged.tenant_id, campaign_tagged.priority, held_by
            order by campaign_tag, waiting_since, id) as tenant_tag
      from campaign_tagged
      left join tenant_load on tenant_load.tenant_id = campaign_tagged.tenant_id and tenant_load.priority = campaign_tagged.priority
    ), ordered as (
      select tagged.*,
        row_number() over (order by held_by is not null, class_rank, tenant_tag, campaign_tag, waiting_since, id) as place
      from tagged
    )`;
}
