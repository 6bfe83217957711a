import type {
  Blackout,
  CatchUp,
  OverlapPolicy,
  Schedule,
  ScheduleConfig,
  ScheduleState,
  ScheduleStateReason,
} from '@outrider/shared';
import { isoTime, isoTimeOrNull } from '../times/iso-time.js';

/** The planned start a schedule comes to next. Milliseconds since 1970. */
export interface NextStart {
  readonly at: number;
  /** With its jitter. */
  readonly dueAt: number;
}

/** A schedule as the orchestrator works with it. */
export interface StoredSchedule {
  readonly id: string;
  readonly tenantId: string;
  readonly campaignId: string;
  readonly config: ScheduleConfig;
  readonly status: ScheduleState;
  readonly statusReason: ScheduleStateReason | null;
  readonly runsStarted: number;
  readonly consecutiveFailures: number;
  readonly next: NextStart | null;
  /** Ticks before this moment are none of the present timing's (milliseconds since 1970); null where `next` alone decides. */
  readonly plannedFrom: number | null;
  /** The release of the time zone database that `next` was calculated with. */
  readonly zoneRules: string;
}

export interface ScheduleRow {
  id: string;
  tenant_id: string;
  campaign_id: string;
  name: string;
  cron: string;
  time_zone: string;
  status: ScheduleState;
  status_reason: ScheduleStateReason | null;
  overlap_policy: OverlapPolicy;
  catch_up_mode: CatchUp['mode'];
  catch_up_max: number;
  catch_up_window_seconds: number;
  jitter_seconds: number;
  blackouts: Blackout[];
  pause_after_failures: number | null;
  consecutive_failures: number;
  starts_at: Date | null;
  ends_at: Date | null;
  max_runs: number | null;
  runs_started: number;
  next_tick_at: Date | null;
  next_due_at: Date | null;
  planned_from: Date | null;
  zone_rules: string;
  created_at: Date;
  updated_at: Date;
}

/** The row as the API shows it. */
export function toSchedule(row: ScheduleRow): Schedule {
  return {
    id: row.id,
    campaignId: row.campaign_id,
    ...configOf(row),
    status: row.status,
    statusReason: row.status_reason,
    runsStarted: row.runs_started,
    consecutiveFailures: row.consecutive_failures,
    nextTickAt: isoTimeOrNull(row.next_tick_at),
    nextDueAt: isoTimeOrNull(row.next_due_at),
    createdAt: isoTime(row.created_at),
    updatedAt: isoTime(row.updated_at),
  };
}

/** The row as the orchestrator takes it. */
export function toStoredSchedule(row: ScheduleRow): StoredSchedule {
  const { next_tick_at: tick, next_due_at: due } = row;
  return {
    id: row.id,
    tenantId: row.tenant_id,
    campaignId: row.campaign_id,
    config: configOf(row),
    status: row.status,
    statusReason: row.status_reason,
    runsStarted: row.runs_started,
    consecutiveFailures: row.consecutive_failures,
    next: tick === null || due === null ? null : { at: tick.getTime(), dueAt: due.getTime() },
    plannedFrom: row.planned_from?.getTime() ?? null,
    zoneRules: row.zone_rules,
  };
}

function configOf(row: ScheduleRow): ScheduleConfig {
  return {
    name: row.name,
    cron: row.cron,
    timeZone: row.time_zone,
    overlap: row.overlap_policy,
    catchUp: {
      mode: row.catch_up_mode,
      max: row.catch_up_max,
      windowSeconds: row.catch_up_window_seconds,
    },
    jitterSeconds: row.jitter_seconds,
    blackouts: row.blackouts,
    pauseAfterFailures: row.pause_after_failures,
    startsAt: isoTimeOrNull(row.starts_at),
    endsAt: isoTimeOrNull(row.ends_at),
    maxRuns: row.max_runs,
  };
}
