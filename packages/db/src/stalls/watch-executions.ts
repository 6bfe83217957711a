import type { StallCause, StallRepair } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { toStorableJson } from '../connect/storable-text.js';
import { appendEvent } from '../events/append-event.js';

/** An execution that has got nothing done for too long. */
export interface StillExecution {
  readonly executionId: string;
  readonly tenantId: string;
  readonly campaignId: string;
  /** Milliseconds since it last got anything done, and after how many that is a stall. */
  readonly stillMs: number;
  readonly patienceMs: number;
}

/**
 * Takes the mark of every execution that should move: a sum of counters that changes with whatever gets done. What a
 * lane loses and claims again is no progress, and neither is a heartbeat. Executions that have ended or are
 * paused are watched no more; a pause is no stall, and after it the time begins anew. System role only.
 */
export async function takeProgressMarks(tx: Tx): Promise<void> {
  await tx.sql`
    delete from execution_watches watch using campaign_executions execution
    where execution.id = watch.execution_id and (execution.completed_at is not null or execution.status = 'paused')`;
  await tx.sql`
    insert into execution_watches (execution_id, tenant_id, progress_mark)
    select execution.id, execution.tenant_id, counted.mark + read.mark
    from campaign_executions execution
    cross join lateral (
      select coalesce(sum(discovered + fetched + failed + skipped + errors + wire_bytes), 0)::bigint as mark
      from execution_lanes where execution_id = execution.id
    ) counted
    cross join lateral (
      select (coalesce(sum(entries), 0) + count(*) filter (where settled_at is not null))::bigint as mark
      from execution_sitemaps where execution_id = execution.id
    ) read
    where execution.completed_at is null and execution.status in ('queued', 'running', 'pausing', 'stopping')
    on conflict (execution_id) do update set progress_mark = excluded.progress_mark, moved_at = clock_timestamp()
      where execution_watches.progress_mark <> excluded.progress_mark`;
}

/**
 * Executions without progress for `stallAfterMs` and the time that one fetch of theirs may take, longest first, and
 * those known to be stalled.
 */
export async function listStillExecutions(tx: Tx, stallAfterMs: number): Promise<StillExecution[]> {
  return tx.sql<StillExecution[]>`
    select watch.execution_id as "executionId", watch.tenant_id as "tenantId", execution.campaign_id as "campaignId",
      (extract(epoch from clock_timestamp() - watch.moved_at) * 1000)::float8 as "stillMs", patience.ms as "patienceMs"
    from execution_watches watch
    join campaign_executions execution on execution.id = watch.execution_id
    cross join lateral (
      select ${stallAfterMs}::float8 + coalesce((execution.config #>> '{fetch,timeoutMs}')::float8, 0) as ms
    ) patience
    where execution.completed_at is null and (watch.stalled_at is null or watch.moved_at < watch.stalled_at)
      and watch.moved_at < clock_timestamp() - patience.ms * interval '1 millisecond'
    order by watch.moved_at limit 200`;
}

/** What was found out about a stall, and what is done about it. */
export interface StallReport {
  readonly cause: StallCause;
  readonly diagnosis: Readonly<Record<string, unknown>>;
  readonly repairs: readonly {
    readonly repair: StallRepair;
    readonly detail: Readonly<Record<string, unknown>>;
  }[];
}

/** The stall of an execution as it is noted, its row locked. */
export interface NotedStall {
  readonly cause: StallCause | null;
  /** Milliseconds since the last repair; null when nothing was repaired yet. */
  readonly repairedMsAgo: number | null;
}

/**
 * Locks the watch of an execution; null when another orchestrator has it, or it moves again. From then on the
 * transaction waits for no lock longer than a second: what a doctor would wait for may be what is wrong.
 */
export async function lockWatch(tx: Tx, executionId: string): Promise<NotedStall | null> {
  await tx.sql`set local lock_timeout = '1s'`;
  const [row] = await tx.sql<NotedStall[]>`
    select cause,
      (extract(epoch from clock_timestamp() - (repairs -> -1 ->> 'at')::timestamptz) * 1000)::float8 as "repairedMsAgo"
    from execution_watches where execution_id = ${executionId} and (stalled_at is null or moved_at < stalled_at)
    for update skip locked`;
  return row ?? null;
}

/**
 * Notes that an execution is stalled, why, and what was done. Writes `execution.stalled` when it is new, has
 * another cause than before, or something was repaired; not when `quietly`, for a database that takes a changed row
 * but no new one. The watch must be locked.
 */
export async function noteStall(
  tx: Tx,
  execution: StillExecution,
  noted: NotedStall,
  report: StallReport,
  quietly: boolean,
): Promise<void> {
  const { executionId, tenantId, campaignId } = execution;
  const diagnosis = toStorableJson({ ...report.diagnosis });
  const repairs = toStorableJson(report.repairs.map((one) => ({ ...one })));
  await tx.sql`
    update execution_watches
    set stalled_at = coalesce(stalled_at, clock_timestamp()), cause = ${report.cause},
        diagnosis = ${JSON.stringify(diagnosis)}::text::jsonb, diagnosed_at = clock_timestamp(),
        repairs = repairs || (
          select coalesce(jsonb_agg(one || jsonb_build_object('at', to_char(clock_timestamp() at time zone 'UTC',
            'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))), '[]')
          from jsonb_array_elements(${JSON.stringify(repairs)}::text::jsonb) as one)
    where execution_id = ${executionId}`;
  if (quietly || (noted.cause === report.cause && report.repairs.length === 0)) return;
  await appendEvent(tx, {
    tenantId,
    campaignId,
    executionId,
    type: 'execution.stalled',
    payload: { cause: report.cause, diagnosis, repairs: report.repairs.map(({ repair }) => repair) },
  });
}

/** Clears the stall of every execution that has moved since, with the event; returns how many. System role only. */
export async function clearRecovered(tx: Tx): Promise<number> {
  const [recovered] = await tx.sql<
    { executionId: string; tenantId: string; campaignId: string; cause: StallCause; seconds: number }[]
  >`
    select watch.execution_id as "executionId", watch.tenant_id as "tenantId", execution.campaign_id as "campaignId",
      watch.cause, extract(epoch from watch.moved_at - watch.stalled_at)::float8 as seconds
    from execution_watches watch join campaign_executions execution on execution.id = watch.execution_id
    where watch.stalled_at is not null and watch.moved_at >= watch.stalled_at
    limit 1 for update of watch skip locked`;
  if (recovered === undefined) return 0;
  const { executionId, tenantId, campaignId, cause, seconds } = recovered;
  await tx.sql`
    update execution_watches
    set stalled_at = null, cause = null, diagnosis = null, diagnosed_at = null, repairs = '[]'
    where execution_id = ${executionId}`;
  await appendEvent(tx, {
    tenantId,
    campaignId,
    executionId,
    type: 'execution.recovered',
    payload: { cause, stalledSeconds: Math.round(seconds * 10) / 10 },
  });
  return 1;
}

/** How many executions are stalled, by cause. System role only. */
export async function countStalls(tx: Tx): Promise<ReadonlyMap<StallCause, number>> {
  const rows = await tx.sql<{ cause: StallCause; count: number }[]>`
    select cause, count(*)::float8 as count from execution_watches where stalled_at is not null group by cause`;
  return new Map(rows.map((row) => [row.cause, row.count]));
}
