import { LANE_QUANTUM_MS, type WaitingExecution } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type OpenFacts, openReasonOf } from '../executions/waiting-reason.js';
import { isoTime } from '../times/iso-time.js';
import { fleetFacts } from './open-lanes.js';
import { liveWorkers, waitingOrder } from './waiting-order.js';

/** An execution that waits for its first or next lane, and whose it is. */
export interface WaitingOfTenant extends WaitingExecution {
  readonly tenantId: string;
}

type Fleet = Pick<OpenFacts, 'workers' | 'browsers' | 'room' | 'browserRoom'>;

interface WaitingRow
  extends Omit<WaitingOfTenant, 'waitingSince' | 'reason'>,
    Omit<OpenFacts, keyof Fleet | 'position'> {
  waitingSince: Date;
}

/** Ended executions that tell how long one of a tenant takes. */
const SAMPLE = 20;

/**
 * Every execution that has no lane at a worker and waits for one, over all tenants, in the order in which
 * they come: who comes next by what runs now, and why each waits. Needs the system role.
 *
 * The estimate: with a quota of pages, the seconds until midnight (UTC); with a quota of executions, by how
 * long the tenant's last executions took; else by how fast lanes came free lately while every worker was
 * full, or while that is not known, as if each lane were held for its quantum.
 */
export async function listWaitingExecutions(tx: Tx): Promise<WaitingOfTenant[]> {
  const [rows, [of]] = await Promise.all([
    readOrder(tx),
    tx.sql<{ fleet: Fleet }[]>`select ${fleetFacts(tx)} as fleet`,
  ]);
  if (of === undefined) throw new Error('a query without a from clause gave no row');
  return rows.map(({ heldBy, needsBrowser, lostWorker, waitingSince, ...row }) => ({
    ...row,
    waitingSince: isoTime(waitingSince),
    reason: openReasonOf({ heldBy, needsBrowser, lostWorker, position: row.position, ...of.fleet }),
  }));
}

function readOrder(tx: Tx): Promise<WaitingRow[]> {
  return tx.sql<WaitingRow[]>`
    with ${liveWorkers(tx)}, ${waitingOrder(tx)}, fleet as materialized (
      select count(*)::int as workers, count(*) filter (where has_browser)::int as browsers,
        coalesce(sum(capacity), 0)::float8 as capacity, coalesce(sum(greatest(0, capacity - lanes)), 0)::float8 as room
      from worker
    ), first_lane as materialized (
      select execution_id, tenant_id, campaign_id, priority, status, renderer, held_by, min(place) as place,
        min(waiting_since) as waiting_since, count(*)::int as lanes, bool_or(lost_worker) as lost_worker
      from ordered
      where not exists (select from execution_lanes lane
        where lane.execution_id = ordered.execution_id and lane.status = 'active')
      group by 1, 2, 3, 4, 5, 6, 7
    ), placed as materialized (
      select first_lane.*, row_number() over (
          partition by held_by, case when held_by is not null then tenant_id end order by place)::int as position
      from first_lane
    ), pace as materialized (
      select tenant_id, (select avg(duration_seconds) from (
          select duration_seconds from campaign_executions ended
          where ended.tenant_id = quota.tenant_id and duration_seconds is not null order by id desc limit ${SAMPLE}
        ) as sample) as seconds, max_running_executions as most
      from tenant_quotas quota
      where tenant_id in (select tenant_id from placed where held_by = 'quota_executions')
    )
    select placed.execution_id as "executionId", placed.tenant_id as "tenantId", placed.campaign_id as "campaignId",
      campaign.name as "campaignName", execution.number, placed.priority, placed.status, placed.lanes as "lanesWaiting",
      placed.waiting_since as "waitingSince", placed.position, placed.held_by as "heldBy",
      placed.renderer = 'browser' as "needsBrowser", placed.lost_worker as "lostWorker",
      ceil(case
        when held_by = 'quota_pages' then
          extract(epoch from date_trunc('day', clock_timestamp() at time zone 'UTC') + interval '1 day' - clock_timestamp() at time zone 'UTC')
        when held_by = 'quota_executions' then placed.position * pace.seconds / nullif(pace.most, 0)
        when fleet.workers = 0 or (placed.renderer = 'browser' and fleet.browsers = 0) then null
        else greatest(0, place - fleet.room) * coalesce(sharing.interval_ms, ${LANE_QUANTUM_MS}::float8 / fleet.capacity) / 1000
      end)::float8 as "estimatedSeconds"
    from placed
    cross join fleet
    cross join lane_sharing sharing
    join campaign_executions execution on execution.id = placed.execution_id
    join crawler_campaigns campaign on campaign.id = placed.campaign_id
    left join pace on pace.tenant_id = placed.tenant_id
    order by placed.place`;
}
