import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';

/** What a lane may claim under its tenant's quota of pages per day. */
export interface PageBooking {
  /** Pages that the lane may claim now. May be 0. */
  readonly allowance: number;
  /** Pages that were booked for it by this transaction. */
  readonly added: number;
  /** The day, in UTC, as `YYYY-MM-DD`. */
  readonly day: string;
}

/** Most pages set aside for a lane at a time. */
const MOST_PER_BOOKING = 500;
/** A lane takes at most this part of what is left of the day, so that none hoards the last pages. */
const PART_OF_WHAT_IS_LEFT = 1 / 32;

/**
 * Books pages of the day for a lane, many at a time, so that the tenant's row is locked once per some hundred
 * pages and not once per page. What is booked never exceeds the quota: a page counts on the day it is
 * claimed, and comes back unless an HTTP answer was recorded for it. A lane's booking ends with its day (UTC);
 * what it has in flight at midnight is booked on the new day.
 *
 * Locks the tenant's row of the day when something must be booked. Follow it with `addToAllowance` once
 * the lane is locked.
 */
export async function bookPages(tx: Tx, hold: LaneHold, quota: number, wanted: number): Promise<PageBooking> {
  const [lane] = await tx.sql<{ day: string; owned: number; owed: number }[]>`
    select today.day::text as day,
      case when lane.page_day = today.day then greatest(lane.page_allowance, 0) else 0 end as owned,
      case when lane.page_day = today.day then greatest(-lane.page_allowance, 0) else lane.in_flight end as owed
    from execution_lanes lane, (select (clock_timestamp() at time zone 'UTC')::date as day) as today
    where lane.id = ${hold.laneId}`;
  if (lane === undefined) throw new Error(`the lane ${hold.laneId} is gone`);
  const { day, owned, owed } = lane;
  if (owned >= wanted) return { allowance: owned, added: 0, day };
  await tx.sql`
    insert into tenant_page_days (tenant_id, day) values (${hold.tenantId}, ${day}::date)
    on conflict (tenant_id, day) do nothing`;
  const [booked] = await tx.sql<{ pages: number }[]>`
    select pages from tenant_page_days where tenant_id = ${hold.tenantId} and day = ${day}::date for update`;
  const left = Math.max(0, quota - (booked?.pages ?? 0));
  const share = Math.min(MOST_PER_BOOKING, Math.floor(left * PART_OF_WHAT_IS_LEFT));
  const added = Math.min(left, Math.max(owed + wanted - owned, share));
  if (added > 0) {
    await tx.sql`
      update tenant_page_days set pages = pages + ${added} where tenant_id = ${hold.tenantId} and day = ${day}::date`;
  }
  return { allowance: Math.max(0, owned + added - owed), added, day };
}

/** Notes a booking on its lane, which must be locked. */
export async function addToAllowance(tx: Tx, hold: LaneHold, { added, day }: PageBooking): Promise<void> {
  await tx.sql`
    update execution_lanes set page_day = ${day}::date,
      page_allowance = case when page_day = ${day}::date then page_allowance else -in_flight end + ${added}
    where id = ${hold.laneId} and epoch = ${hold.epoch} and status = 'active'
      and (page_day is distinct from ${day}::date or ${added} > 0)`;
}

/** Locks the tenant's row of the day in which a lane has booked pages, if it has any, for whoever locks that lane next. */
export async function lockBookedDay(tx: Tx, laneId: string): Promise<void> {
  await tx.sql`
    select 1 from tenant_page_days day join execution_lanes lane on lane.tenant_id = day.tenant_id and lane.page_day = day.day
    where lane.id = ${laneId} for update of day`;
}

/**
 * Gives back the pages of today that lanes have booked and not fetched, those in flight included: whoever
 * calls it makes them pending again, or knows that there are none. Free for lanes without a booking.
 */
export async function returnBookedPages(
  tx: Tx,
  of: { readonly laneId: string; readonly epoch: number } | { readonly executionId: string },
): Promise<void> {
  const { sql } = tx;
  const which =
    'laneId' in of ? sql`id = ${of.laneId} and epoch = ${of.epoch}` : sql`execution_id = ${of.executionId}`;
  const booked = await sql<{ tenant_id: string; day: string; is_today: boolean }[]>`
    select distinct tenant_id, page_day::text as day, page_day = (clock_timestamp() at time zone 'UTC')::date as is_today
    from execution_lanes where ${which} and page_day is not null`;
  for (const { tenant_id, day, is_today } of booked) {
    // The tenant's row before the lanes', as claims lock them.
    if (is_today) {
      await sql`select 1 from tenant_page_days where tenant_id = ${tenant_id} and day = ${day}::date for update`;
    }
    await sql`
      with lane as materialized (
        select id, page_allowance + in_flight as unused from execution_lanes
        where ${which} and page_day = ${day}::date for update
      ), cleared as (
        update execution_lanes set page_allowance = 0, page_day = null from lane where execution_lanes.id = lane.id
      )
      update tenant_page_days set pages = greatest(0, pages - (select coalesce(sum(unused), 0) from lane))
      where ${is_today} and tenant_id = ${tenant_id} and day = ${day}::date`;
  }
}
