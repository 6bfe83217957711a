import {
  OutriderError,
  SCHEDULE_LIMITS,
  type ScheduleConfig,
  type ScheduleState,
  type ScheduleStateReason,
} from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { toStorableText } from '../connect/storable-text.js';
import type { NextStart, StoredSchedule } from './schedule-row.js';

/** What changes with time: where a schedule stands, and what comes next. */
export interface ScheduleStanding {
  readonly status: ScheduleState;
  readonly statusReason: ScheduleStateReason | null;
  readonly next: NextStart | null;
  /** The release of the time zone database that `next` was calculated with. */
  readonly zoneRules: string;
}

export interface NewSchedule extends ScheduleStanding {
  readonly id: string;
  readonly tenantId: string;
  readonly campaignId: string;
  readonly config: ScheduleConfig;
}

/** Inserts a schedule. The campaign's row must be locked. Throws `limit_exceeded` when the campaign has too many. */
export async function insertSchedule(tx: Tx, schedule: NewSchedule): Promise<void> {
  await requireRoom(tx, schedule.campaignId);
  const { id, tenantId, campaignId, config } = schedule;
  await tx.sql`
    insert into crawler_schedules (id, tenant_id, campaign_id, name, cron)
    values (${id}, ${tenantId}, ${campaignId}, ${toStorableText(config.name)}, ${config.cron})`;
  await updateSchedule(tx, id, config, schedule);
}

/**
 * Writes the configuration and the standing of a schedule whose row is locked. With `plannedFrom` the configuration
 * plans no tick before that moment.
 */
export async function updateSchedule(
  tx: Tx,
  scheduleId: string,
  config: ScheduleConfig,
  standing: ScheduleStanding,
  plannedFrom: number | null = null,
): Promise<void> {
  const { catchUp, next } = { ...config, ...standing };
  await tx.sql`
    update crawler_schedules set
      name = ${toStorableText(config.name)}, cron = ${config.cron}, time_zone = ${config.timeZone},
      overlap_policy = ${config.overlap}, catch_up_mode = ${catchUp.mode}, catch_up_max = ${catchUp.max},
      catch_up_window_seconds = ${catchUp.windowSeconds}, jitter_seconds = ${config.jitterSeconds},
      blackouts = ${JSON.stringify(config.blackouts)}::text::jsonb,
      pause_after_failures = ${config.pauseAfterFailures}, starts_at = ${config.startsAt},
      ends_at = ${config.endsAt}, max_runs = ${config.maxRuns},
      status = ${standing.status}, status_reason = ${standing.statusReason},
      next_tick_at = ${next === null ? null : new Date(next.at)},
      next_due_at = ${next === null ? null : new Date(next.dueAt)}, zone_rules = ${standing.zoneRules},
      planned_from = coalesce(${plannedFrom === null ? null : new Date(plannedFrom)}, planned_from)
    where id = ${scheduleId}`;
}

/** Marks a schedule as deleted; its ticks stay. */
export async function markScheduleDeleted(tx: Tx, scheduleId: string): Promise<void> {
  await tx.sql`
    update crawler_schedules set deleted_at = clock_timestamp(), next_tick_at = null, next_due_at = null
    where id = ${scheduleId}`;
}

/** Brings a deleted schedule back, with where it stands now. Throws `limit_exceeded` when the campaign has too many. */
export async function markScheduleRestored(
  tx: Tx,
  schedule: StoredSchedule,
  standing: ScheduleStanding,
): Promise<void> {
  await requireRoom(tx, schedule.campaignId);
  await tx.sql`update crawler_schedules set deleted_at = null where id = ${schedule.id}`;
  await updateSchedule(tx, schedule.id, schedule.config, standing);
}

async function requireRoom(tx: Tx, campaignId: string): Promise<void> {
  const [existing] = await tx.sql<{ count: number }[]>`
    select count(*) as count from crawler_schedules
    where campaign_id = ${campaignId} and deleted_at is null`;
  const most = SCHEDULE_LIMITS.schedulesPerCampaign;
  if ((existing?.count ?? 0) >= most) {
    throw new OutriderError('limit_exceeded', `A campaign has at most ${most} schedules. Delete one first.`);
  }
}

/** How the ticks of a schedule changed it. */
export interface ScheduleMove extends ScheduleStanding {
  readonly scheduleId: string;
  readonly runsStarted: number;
  readonly consecutiveFailures: number;
}

/** Writes what ticks changed about schedules whose rows are locked, in one statement. */
export async function moveSchedules(tx: Tx, moves: readonly ScheduleMove[]): Promise<void> {
  if (moves.length === 0) return;
  const rows = moves.map(({ next, ...move }) => ({
    ...move,
    tickAt: next === null ? null : new Date(next.at).toISOString(),
    dueAt: next === null ? null : new Date(next.dueAt).toISOString(),
  }));
  await tx.sql`
    update crawler_schedules schedule set status = move.status, status_reason = move."statusReason",
      runs_started = move."runsStarted", consecutive_failures = move."consecutiveFailures",
      next_tick_at = move."tickAt", next_due_at = move."dueAt", zone_rules = move."zoneRules"
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as move ("scheduleId" uuid, status text,
      "statusReason" text, "runsStarted" int, "consecutiveFailures" int, "tickAt" timestamptz,
      "dueAt" timestamptz, "zoneRules" text)
    where schedule.id = move."scheduleId"`;
}
