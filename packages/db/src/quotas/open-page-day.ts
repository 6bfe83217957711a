import type { Tx } from '../connect/database.js';
import type { Fragment } from '../cursors/bounded-scan.js';

/**
 * Lets a quota of pages that is set in the middle of a day begin with what the tenant has fetched since midnight (UTC), by the
 * counters of its campaigns, and with what its lanes have in flight, each of which is booked from now on. What an earlier quota of
 * the same day knows more counts as well: a campaign that was removed takes its counters with it.
 *
 * Locks the tenant's executions that have not ended, each campaign's youngest first as everywhere, then the tenant's row of the day
 * and then the lanes that are held, so that no batch is between its lane's row and its campaign's while both are read. Who ends
 * an execution has its lanes before it comes to the day, and who takes a lane has the execution: both are waited for.
 * System role only.
 */
export async function openPageDay(tx: Tx, tenantId: string): Promise<void> {
  const { sql } = tx;
  const today = sql`(now() at time zone 'UTC')::date`;
  await sql`
    select 1 from campaign_executions where tenant_id = ${tenantId} and completed_at is null
    order by campaign_id, number desc for no key update`;
  await sql`
    insert into tenant_page_days (tenant_id, day) values (${tenantId}, ${today}) on conflict (tenant_id, day) do nothing`;
  await sql`select 1 from tenant_page_days where tenant_id = ${tenantId} and day = ${today} for update`;
  await sql`select 1 from execution_lanes where tenant_id = ${tenantId} and status = 'active' order by id for update`;
  await sql`
    with lane as materialized (
      select id, in_flight, case when page_day = ${today} then page_allowance + in_flight else 0 end as unused
      from execution_lanes where tenant_id = ${tenantId} and status = 'active'
    ), booked as (
      update execution_lanes set page_day = ${today}, page_allowance = 0 from lane where execution_lanes.id = lane.id
    )
    update tenant_page_days set pages = (select coalesce(sum(in_flight), 0) from lane) + greatest(
        pages - (select coalesce(sum(unused), 0) from lane), ${pagesFetchedToday(tx, tenantId)})
    where tenant_id = ${tenantId} and day = ${today}`;
}

/** Pages of today (UTC) that got an HTTP answer, by the counters of the tenant's campaigns. */
export function pagesFetchedToday({ sql }: Tx, tenantId: string): Fragment {
  return sql`(
    select coalesce(sum(pages_of_day), 0)::float8 from campaign_metrics
    where tenant_id = ${tenantId} and pages_day = (now() at time zone 'UTC')::date)`;
}
