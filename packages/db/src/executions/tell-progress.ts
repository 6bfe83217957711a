import type { CoverageTotals } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/** The counters of an execution, as its lanes have committed them. */
export interface ProgressCounters {
  readonly coverage: CoverageTotals;
  readonly errors: number;
}

/** An execution that runs, and whose counters may have moved since they were last told. */
export interface MovedExecution {
  readonly executionId: string;
  readonly campaignId: string;
  readonly tenantId: string;
}

/** What was told of an execution, and what there is to tell. */
export interface ProgressReading {
  readonly now: ProgressCounters;
  /** Null when nothing was told yet. */
  readonly told: {
    readonly fetched: number;
    /** Seconds since the window began in which errors are weighed, and where the counters stood then. */
    readonly windowSeconds: number;
    readonly windowSettled: number;
    readonly windowErrors: number;
  } | null;
}

interface Sums {
  discovered: number;
  fetched: number;
  failed: number;
  skipped: number;
  errors: number;
}

/** The counters of an execution from its start and its lanes. */
const sums = (tx: Tx) => tx.sql`
  lateral (
    select execution.seeds_discovered + coalesce(sum(discovered), 0)::float8 as discovered,
      execution.seeds_skipped + coalesce(sum(skipped), 0)::float8 as skipped, coalesce(sum(fetched), 0)::float8 as fetched,
      coalesce(sum(failed), 0)::float8 as failed, coalesce(sum(errors), 0)::float8 as errors
    from execution_lanes where execution_id = execution.id
  ) counted`;

/**
 * Executions that run and whose counters are not those that were told last. Of a young execution they are told every
 * `leastMs`, of an old one less often, up to every `mostMs`: a twentieth of its age. `nextInMs` is when the next of
 * those that run may be told, null when none runs. System role only.
 */
export async function listMovedExecutions(
  tx: Tx,
  pace: { readonly leastMs: number; readonly mostMs: number },
): Promise<{ moved: MovedExecution[]; nextInMs: number | null }> {
  const rows = await tx.sql<(MovedExecution & { moved: boolean; dueInMs: number; paceMs: number })[]>`
    select execution.id as "executionId", execution.campaign_id as "campaignId", execution.tenant_id as "tenantId",
      snapshot.execution_id is null or (
        (snapshot.discovered, snapshot.fetched, snapshot.failed, snapshot.skipped, snapshot.errors)
          is distinct from (counted.discovered, counted.fetched, counted.failed, counted.skipped, counted.errors)
        and due.in_ms <= 0
      ) as moved, paced.ms as "paceMs", coalesce(due.in_ms, 0) as "dueInMs"
    from campaign_executions execution cross join ${sums(tx)}
    left join execution_snapshots snapshot on snapshot.execution_id = execution.id
    cross join lateral (
      select greatest(${pace.leastMs}::float8, least(${pace.mostMs}::float8,
        extract(epoch from clock_timestamp() - execution.started_at)::float8 * 50)) as ms) paced
    cross join lateral (
      select paced.ms - extract(epoch from clock_timestamp() - snapshot.told_at)::float8 * 1000 as in_ms) due
    where execution.completed_at is null and execution.status in ('running', 'pausing', 'stopping')
      and execution.started_at is not null`;
  const moved = rows.filter((row) => row.moved);
  const waits = rows.map(({ dueInMs, paceMs }) => (dueInMs > 0 ? dueInMs : paceMs));
  return {
    moved: moved.map(({ executionId, campaignId, tenantId }) => ({ executionId, campaignId, tenantId })),
    nextInMs: waits.length === 0 ? null : Math.min(...waits),
  };
}

/**
 * Reads what there is to tell of an execution and claims the right to do so, or returns null: it has ended, somebody
 * else is at it, or something was told of its campaign less than `leastMs` ago. Whoever gets a reading writes the event
 * in the same transaction, and then `storeSnapshot`. Locks the execution, then the campaign's metrics row: that one decides, so the rate holds for
 * any number of orchestrators, executions of the campaign and lanes.
 */
export async function claimProgress(
  tx: Tx,
  { executionId, campaignId }: MovedExecution,
  leastMs: number,
): Promise<ProgressReading | null> {
  const live = await tx.sql`
    select 1 from campaign_executions
    where id = ${executionId} and completed_at is null for no key update skip locked`;
  if (live.length === 0) return null;
  const due = await tx.sql`
    select 1 from campaign_metrics
    where campaign_id = ${campaignId} and coalesce(progress_told_at
      <= clock_timestamp() - ${leastMs} * interval '1 millisecond', true)
    for no key update`;
  if (due.length === 0) return null;
  // Only now, with the lock: what is read holds all that any earlier snapshot told.
  const [row] = await tx.sql<
    (Sums & { told: number | null; seconds: number; window_settled: number; window_errors: number })[]
  >`
    select counted.*, snapshot.fetched::float8 as told, window_settled, window_errors,
      extract(epoch from clock_timestamp() - window_at)::float8 as seconds
    from campaign_executions execution cross join ${sums(tx)}
    left join execution_snapshots snapshot on snapshot.execution_id = execution.id
    where execution.id = ${executionId}`;
  if (row === undefined) return null;
  const { discovered, fetched, failed, skipped, errors, told, seconds } = row;
  // Never less than none, should counters have drifted: the receipt will tell of that.
  const pending = Math.max(0, discovered - fetched - failed - skipped);
  return {
    now: { coverage: { discovered, fetched, failed, skipped, pending }, errors },
    told:
      told === null
        ? null
        : {
            fetched: told,
            windowSeconds: seconds,
            windowSettled: row.window_settled,
            windowErrors: row.window_errors,
          },
  };
}

/** Notes what was told, after its events were written. With `beginsWindow` errors are weighed anew from here. */
export async function storeSnapshot(
  tx: Tx,
  { executionId, campaignId, tenantId }: MovedExecution,
  { coverage, errors }: ProgressCounters,
  beginsWindow: boolean,
): Promise<void> {
  const { discovered, fetched, failed, skipped } = coverage;
  const settled = fetched + failed;
  await tx.sql`
    insert into execution_snapshots as snapshot
      (execution_id, tenant_id, discovered, fetched, failed, skipped, errors, window_settled, window_errors)
    values (${executionId}, ${tenantId}, ${discovered}, ${fetched}, ${failed}, ${skipped}, ${errors}, ${settled}, ${errors})
    on conflict (execution_id) do update set discovered = excluded.discovered, fetched = excluded.fetched,
      failed = excluded.failed, skipped = excluded.skipped, errors = excluded.errors, told_at = clock_timestamp(),
      window_at = case when ${beginsWindow} then clock_timestamp() else snapshot.window_at end,
      window_settled = case when ${beginsWindow} then excluded.window_settled else snapshot.window_settled end,
      window_errors = case when ${beginsWindow} then excluded.window_errors else snapshot.window_errors end`;
  await tx.sql`update campaign_metrics set progress_told_at = clock_timestamp() where campaign_id = ${campaignId}`;
}

/** Removes what was told of executions that have ended. System role only. */
export async function removeEndedSnapshots(tx: Tx): Promise<void> {
  await tx.sql`
    delete from execution_snapshots snapshot using campaign_executions execution
    where execution.id = snapshot.execution_id and execution.completed_at is not null`;
}
