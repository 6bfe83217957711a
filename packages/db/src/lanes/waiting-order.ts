import { CLASS_PATIENCE_MS } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { isStarted } from '../quotas/tenant-quotas.js';
import { isAnyBrowser, WORKER_SILENCE_MS } from './open-lanes.js';

/**
 * The part of a `with` clause that names the workers which can take lanes, each with the lanes it holds, and whether it `comes`:
 * one that let a lane wait which was left to it does not count as room until it asks again.
 */
export function liveWorkers(tx: Tx) {
  return tx.sql`
    worker as materialized (
      select instance.id, instance.capacity, 'browser' = any(instance.capabilities) as has_browser,
        coalesce(held.lanes, 0)::int as lanes, instance.passed_over_at is null as comes
      from crawler_instances instance
      left join lateral (
        select count(*) as lanes from execution_lanes lane
        where lane.instance_id = instance.id and lane.status = 'active'
      ) held on true
      where instance.state in ('idle', 'working')
        and instance.heartbeat_at > clock_timestamp() - ${WORKER_SILENCE_MS} * interval '1 millisecond'
    )`;
}

/** Which lanes an order is of. */
export interface OrderScope {
  /** `http`: those alone that a worker without a browser can take. */
  readonly which?: 'all' | 'http';
  /**
   * Of each tenant and class only so many campaigns, those that have waited longest, each with the first of its queued
   * executions: whoever wants the first few need not read a queue of thousands. Left out: all of them.
   */
  readonly perTenantAndClass?: number;
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
 */
export function waitingOrder(tx: Tx, scope: OrderScope = {}) {
  const { sql } = tx;
  const { normal, backfill } = CLASS_PATIENCE_MS;
  return sql`
    started as materialized (
      select tenant_id, count(*)::int as executions from campaign_executions
      where ${isStarted(tx)} group by tenant_id
    ), running as materialized (
      select execution.tenant_id, execution.campaign_id, execution.priority, count(*)::int as lanes
      from execution_lanes lane join campaign_executions execution on execution.id = lane.execution_id
      where lane.status = 'active' group by 1, 2, 3
    ), ${liveExecutions(tx, scope)}, waiting as materialized (
      select lane.id, lane.epoch, lane.execution_id, lane.waiting_since, lane.passed_at,
        lane.waiting_reason is not distinct from 'worker_lost' as lost_worker, live.tenant_id, live.campaign_id,
        live.priority, live.renderer, live.status, array_position(array['urgent', 'normal', 'backfill'], live.priority) as class_no
      from live join execution_lanes lane on lane.execution_id = live.id and lane.status = 'waiting'
    ), browsers as materialized (select ${isAnyBrowser(tx)} as any_alive), quota_room as materialized (
      select quota.tenant_id, greatest(0, quota.max_running_executions - coalesce(started.executions, 0)) as executions
      from tenant_quotas quota left join started on started.tenant_id = quota.tenant_id
      where quota.max_running_executions is not null
    ), within_quota as materialized (
      select first.id from quota_room room cross join lateral (
        select of_class.id from (values ('urgent', 1), ('normal', 2), ('backfill', 3)) as class (priority, no)
        cross join lateral (
          select id from campaign_executions
          where status = 'queued' and tenant_id = room.tenant_id and priority = class.priority
            and (renderer <> 'browser' or (select any_alive from browsers))
          order by id limit room.executions
        ) of_class
        order by class.no, of_class.id limit room.executions
      ) first
      union all
      -- What needs a browser that nobody has waits for that, and keeps no place from those behind it.
      select distinct waiting.execution_id from waiting
      join quota_room room on room.tenant_id = waiting.tenant_id and room.executions > 0
      where waiting.status = 'queued' and waiting.renderer = 'browser' and not (select any_alive from browsers)
    ), judged as materialized (
      select waiting.*,
        case
          when coalesce(today.pages, 0) >= quota.max_pages_per_day then 'quota_pages'
          when waiting.status = 'queued' and quota.max_running_executions is not null
            and waiting.execution_id not in (select id from within_quota) then 'quota_executions'
        end as held_by
      from waiting
      left join tenant_quotas quota on quota.tenant_id = waiting.tenant_id
      left join tenant_page_days today
        on today.tenant_id = waiting.tenant_id and today.day = (clock_timestamp() at time zone 'UTC')::date
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
          + row_number() over (partition by campaign_tagged.tenant_id, class_no, held_by
            order by campaign_tag, waiting_since, id) as tenant_tag
      from campaign_tagged
      left join tenant_load on tenant_load.tenant_id = campaign_tagged.tenant_id and tenant_load.priority = campaign_tagged.priority
    ), ordered as (
      select tagged.*,
        row_number() over (order by held_by is not null, class_rank, tenant_tag, campaign_tag, waiting_since, id) as place
      from tagged
    )`;
}

/**
 * The executions whose lanes may wait: those that run, and those in the queue, all of them or the oldest of each tenant
 * and class, found by hopping from one to the next in an index. A campaign with many of them hides no other.
 */
function liveExecutions(tx: Tx, { which = 'all', perTenantAndClass }: OrderScope) {
  const { sql } = tx;
  const columns = sql`id, tenant_id, campaign_id, priority, renderer, status`;
  const rendered = which === 'all' ? sql`` : sql`and renderer = 'http'`;
  if (perTenantAndClass === undefined) {
    return sql`live as materialized (
      select ${columns} from campaign_executions
      where completed_at is null and status in ('queued', 'running') ${rendered})`;
  }
  return sql`share as materialized (
      with recursive hop as (
        (select tenant_id, priority from campaign_executions where status = 'queued' order by tenant_id, priority limit 1)
        union all
        select next.tenant_id, next.priority from hop cross join lateral (
          select tenant_id, priority from campaign_executions
          where status = 'queued' and (tenant_id, priority) > (hop.tenant_id, hop.priority)
          order by tenant_id, priority limit 1) next
      )
      select tenant_id, priority from hop
    ), live as materialized (
      select ${columns} from campaign_executions where completed_at is null and status = 'running' ${rendered}
      union all
      select oldest.* from share cross join lateral (
        select ${columns} from campaign_executions queued
        where status = 'queued' and queued.tenant_id = share.tenant_id and queued.priority = share.priority ${rendered}
          and not exists (select from campaign_executions before
            where before.status = 'queued' and before.campaign_id = queued.campaign_id and before.id < queued.id ${rendered})
        order by id limit ${perTenantAndClass}) oldest)`;
}
