import { type ListedSchedule, OutriderError, type Schedule, type ScheduleState } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import type { Fragment } from '../cursors/bounded-scan.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { type ScheduleRow, type StoredSchedule, toSchedule, toStoredSchedule } from './schedule-row.js';

export interface ScheduleFilter {
  readonly campaignId: string;
  readonly limit: number;
  readonly after: Place | null;
  readonly status?: ScheduleState | undefined;
  /** Those that were deleted, in place of those that are there. */
  readonly deleted?: boolean | undefined;
}

/** The schedules of a campaign, oldest first. */
export async function listSchedules(tx: Tx, filter: ScheduleFilter): Promise<Slice<Schedule>> {
  const { campaignId, limit, after, status, deleted = false } = filter;
  const rows = await tx.sql<ScheduleRow[]>`
    select * from crawler_schedules where campaign_id = ${campaignId} and (deleted_at is not null) = ${deleted}
      ${after === null ? tx.sql`` : tx.sql`and id > ${after[0] ?? ''}::uuid`}
      ${status === undefined ? tx.sql`` : tx.sql`and status = ${status}`}
    order by id limit ${limit + 1}`;
  return sliceOf(rows, limit, toSchedule, (row) => [row.id]);
}

/** The schedules of all campaigns of the tenant that are not archived, oldest first, each with its campaign's name. */
export async function listTenantSchedules(
  tx: Tx,
  { limit, after }: { readonly limit: number; readonly after: Place | null },
): Promise<Slice<ListedSchedule>> {
  const rows = await tx.sql<(ScheduleRow & { campaign_name: string })[]>`
    select schedule.*, campaign.name as campaign_name
    from crawler_schedules schedule join crawler_campaigns campaign on campaign.id = schedule.campaign_id
    where schedule.deleted_at is null and campaign.status = 'active'
      ${after === null ? tx.sql`` : tx.sql`and schedule.id > ${after[0] ?? ''}::uuid`}
    order by schedule.tenant_id, schedule.id limit ${limit + 1}`;
  return sliceOf(
    rows,
    limit,
    (row) => ({ ...toSchedule(row), campaignName: row.campaign_name }),
    (row) => [row.id],
  );
}

/** One schedule. Throws `not_found`, also for a deleted one, and for one of a deleted campaign. */
export async function readSchedule(tx: Tx, scheduleId: string): Promise<Schedule> {
  const [row] = await tx.sql<ScheduleRow[]>`
    select * from crawler_schedules schedule where id = ${scheduleId} and deleted_at is null and ${ofThere(tx)}`;
  if (row === undefined) throw notFound();
  return toSchedule(row);
}

/** Throws `not_found` unless its campaign has, or had, such a schedule: the ledger of a deleted one stays. */
export async function assertScheduleKnown(tx: Tx, scheduleId: string): Promise<void> {
  const [row] =
    await tx.sql`select from crawler_schedules schedule where id = ${scheduleId} and ${ofThere(tx)}`;
  if (row === undefined) throw notFound();
}

/** A schedule whose row is locked until the transaction ends, and the time by the database's clock. */
export interface LockedSchedule {
  readonly schedule: StoredSchedule;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Locks a schedule, waiting for whoever fires or changes it. Throws `not_found`. */
export async function lockSchedule(tx: Tx, scheduleId: string): Promise<LockedSchedule> {
  const { isDeleted, ...locked } = await lockScheduleToRestore(tx, scheduleId);
  if (isDeleted) throw notFound();
  return locked;
}

/** The same for one that may have been deleted, while its campaign is there. */
export async function lockScheduleToRestore(
  tx: Tx,
  scheduleId: string,
): Promise<LockedSchedule & { readonly isDeleted: boolean }> {
  const [row] = await tx.sql<(ScheduleRow & { deleted_at: Date | null })[]>`
    select * from crawler_schedules schedule where id = ${scheduleId} and ${ofThere(tx)} for update`;
  if (row === undefined) throw notFound();
  return { schedule: toStoredSchedule(row), now: await readClock(tx), isDeleted: row.deleted_at !== null };
}

/** With a deleted campaign its schedules are out of sight, as they are with its row for whoever lists them. */
function ofThere(tx: Tx): Fragment {
  return tx.sql`exists (
    select from crawler_campaigns campaign where campaign.id = schedule.campaign_id and campaign.deleted_at is null)`;
}

/** The time by the database's clock, in milliseconds since 1970. */
export async function readClock(tx: Tx): Promise<number> {
  const [row] = await tx.sql<{ now: Date }[]>`select clock_timestamp() as now`;
  if (row === undefined) throw new Error('the database has no clock');
  return row.now.getTime();
}

function notFound(): OutriderError {
  return new OutriderError('not_found', 'There is no such schedule.');
}
