import type { Tx } from '../connect/database.js';
import { readClock } from './read-schedules.js';
import { type ScheduleRow, type StoredSchedule, toStoredSchedule } from './schedule-row.js';

/** A schedule with a tick that is due. Its row and its campaign's are locked until the transaction ends. */
export interface DueSchedule extends StoredSchedule {
  readonly campaignArchived: boolean;
}

export interface DueSchedules {
  /** At most one of each campaign. */
  readonly schedules: readonly DueSchedule[];
  /** By the database's clock, in milliseconds since 1970. */
  readonly now: number;
}

/** Which of the schedules that are due are taken. */
interface DueClaim {
  readonly limit: number;
  /** This one and no other. */
  readonly only?: string | undefined;
  /** Not these. */
  readonly except?: readonly string[] | undefined;
}

/**
 * Takes schedules that are due, the longest due first, passing over those that somebody else holds: of
 * several orchestrators each takes others. System role only.
 */
export async function claimDueSchedules(
  tx: Tx,
  { limit, only, except = [] }: DueClaim,
): Promise<DueSchedules> {
  const rows = await tx.sql<(ScheduleRow & { archived: boolean })[]>`
    select schedule.*, campaign.status = 'archived' as archived
    from crawler_schedules schedule join crawler_campaigns campaign on campaign.id = schedule.campaign_id
    where schedule.next_due_at <= statement_timestamp() and campaign.deleted_at is null
      ${only === undefined ? tx.sql`` : tx.sql`and schedule.id = ${only}`}
      ${except.length === 0 ? tx.sql`` : tx.sql`and schedule.id <> all(${[...except]}::uuid[])`}
    order by schedule.next_due_at, schedule.id limit ${limit}
    for update of schedule skip locked for no key update of campaign skip locked`;
  const byCampaign = new Map<string, DueSchedule>();
  for (const row of rows) {
    if (byCampaign.has(row.campaign_id)) continue;
    byCampaign.set(row.campaign_id, { ...toStoredSchedule(row), campaignArchived: row.archived });
  }
  return { schedules: [...byCampaign.values()], now: await readClock(tx) };
}

/** What keeps a campaign busy: its executions that have not ended, and starts that wait for them. */
export interface CampaignOccupancy {
  readonly live: readonly string[];
  readonly buffered: number;
}

/** Reads the occupancy of campaigns whose rows are locked; those without an entry are free. */
export async function readOccupancy(
  tx: Tx,
  campaignIds: readonly string[],
): Promise<ReadonlyMap<string, CampaignOccupancy>> {
  const rows = await tx.sql<{ campaign_id: string; live: string[]; buffered: number }[]>`
    select campaign_id, live, buffered from unnest(${[...campaignIds]}::uuid[]) as asked (campaign_id)
    cross join lateral (
      select coalesce(array_agg(id order by number desc), '{}') as live from campaign_executions execution
      where execution.campaign_id = asked.campaign_id and completed_at is null
    ) executions
    cross join lateral (
      select count(*) as buffered from schedule_ticks tick
      where tick.campaign_id = asked.campaign_id and outcome = 'buffered'
    ) ticks
    where buffered > 0 or live <> '{}'`;
  return new Map(rows.map(({ campaign_id, live, buffered }) => [campaign_id, { live, buffered }]));
}

/**
 * Takes schedules whose next tick was calculated with an older release of the time zone database than
 * `zoneRules`. One whose planned time has come is left as it was planned, be it due or put off by its
 * jitter: what follows it is calculated when it is fired. System role only.
 */
export async function claimOutdatedSchedules(
  tx: Tx,
  { zoneRules, limit }: { readonly zoneRules: string; readonly limit: number },
): Promise<DueSchedules> {
  const rows = await tx.sql<ScheduleRow[]>`
    select * from crawler_schedules
    where zone_rules < ${zoneRules} and next_tick_at > statement_timestamp()
    order by id limit ${limit} for update skip locked`;
  const schedules = rows.map((row) => ({ ...toStoredSchedule(row), campaignArchived: false }));
  return { schedules, now: await readClock(tx) };
}
