import type { TickKind, TickOutcome, TickReason } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { toStorableText } from '../connect/storable-text.js';
import { type ScheduleRow, type StoredSchedule, toStoredSchedule } from './schedule-row.js';

/** A start that waits. Its row and its campaign's are locked until the transaction ends. */
export interface BufferedTick {
  readonly schedule: StoredSchedule;
  readonly at: number;
  readonly dueAt: number;
  readonly kind: TickKind;
  readonly reason: TickReason;
  readonly campaignArchived: boolean;
}

/** Where a walk over the waiting starts goes on. */
export interface BufferPlace {
  readonly at: number;
  readonly scheduleId: string;
}

/** Which of the starts that wait is taken: the next after a place in the order of planned times, or the one at it. */
export type BufferClaim = { readonly after: BufferPlace | null } | { readonly only: BufferPlace };

/**
 * Takes a start that waits for a campaign which is free now (or whose schedule lets executions overlap),
 * the oldest of its campaign. Null when there is none that nobody else holds. System role only.
 */
export async function claimBufferedTick(tx: Tx, claim: BufferClaim): Promise<BufferedTick | null> {
  const [row] = await tx.sql<(ScheduleRow & ClaimedRow)[]>`
    select schedule.*, tick.scheduled_for, tick.due_at, tick.kind, tick.reason, campaign.status = 'archived' as archived
    from schedule_ticks tick
    join crawler_schedules schedule on schedule.id = tick.schedule_id
    join crawler_campaigns campaign on campaign.id = tick.campaign_id
    where tick.outcome = 'buffered' and campaign.deleted_at is null
      ${within(tx, claim)}
      and (schedule.overlap_policy = 'allow' or not exists (
        select from campaign_executions execution
        where execution.campaign_id = tick.campaign_id and execution.completed_at is null))
      and not exists (
        select from schedule_ticks older where older.campaign_id = tick.campaign_id and older.outcome = 'buffered'
          and (older.scheduled_for, older.schedule_id) < (tick.scheduled_for, tick.schedule_id))
    order by tick.scheduled_for, tick.schedule_id limit 1
    for update of tick, schedule skip locked for no key update of campaign skip locked`;
  if (row === undefined) return null;
  return {
    schedule: toStoredSchedule(row),
    at: row.scheduled_for.getTime(),
    dueAt: row.due_at.getTime(),
    kind: row.kind,
    reason: row.reason,
    campaignArchived: row.archived,
  };
}

function within({ sql }: Tx, claim: BufferClaim) {
  if ('only' in claim) {
    const { at, scheduleId } = claim.only;
    return sql`and tick.scheduled_for = ${new Date(at)} and tick.schedule_id = ${scheduleId}`;
  }
  if (claim.after === null) return sql``;
  const { at, scheduleId } = claim.after;
  return sql`and (tick.scheduled_for, tick.schedule_id) > (${new Date(at)}, ${scheduleId})`;
}

interface ClaimedRow {
  scheduled_for: Date;
  due_at: Date;
  kind: TickKind;
  reason: TickReason;
  archived: boolean;
}

/** What became of a start that waited. */
export interface BufferedEnd {
  readonly outcome: TickOutcome;
  readonly reason: TickReason;
  readonly detail: string | null;
  readonly executionId: string | null;
}

/** Writes the outcome of a start that waited, with the time. */
export async function settleBufferedTick(
  tx: Tx,
  tick: { readonly scheduleId: string; readonly at: number },
  end: BufferedEnd,
): Promise<void> {
  const detail = end.detail === null ? null : toStorableText(end.detail);
  await tx.sql`
    update schedule_ticks set outcome = ${end.outcome}, reason = ${end.reason}, detail = ${detail},
      execution_id = ${end.executionId}, fired_at = clock_timestamp()
    where schedule_id = ${tick.scheduleId} and scheduled_for = ${new Date(tick.at)} and outcome = 'buffered'`;
}

/** Gives up the starts of a schedule that wait, and returns the planned ones' number. */
export async function dropBufferedTicks(
  tx: Tx,
  scheduleId: string,
  end: { readonly outcome: 'skipped_paused' | 'skipped_deleted'; readonly reason: TickReason },
): Promise<number> {
  const rows = await tx.sql<{ kind: TickKind }[]>`
    update schedule_ticks set outcome = ${end.outcome}, reason = ${end.reason}, fired_at = clock_timestamp()
    where schedule_id = ${scheduleId} and outcome = 'buffered' returning kind`;
  const planned = rows.filter(({ kind }) => kind === 'planned').length;
  if (planned > 0) await returnRuns(tx, scheduleId, planned);
  return planned;
}

/** Takes starts that did not come to be off the schedule's count of runs. */
export async function returnRuns(tx: Tx, scheduleId: string, runs: number): Promise<void> {
  await tx.sql`
    update crawler_schedules set runs_started = greatest(runs_started - ${runs}, 0) where id = ${scheduleId}`;
}
