import {
  type CampaignConfig,
  type CoverageTotals,
  type EndReason,
  type Execution,
  type ExecutionDetail,
  type ExecutionState,
  type ExecutionType,
  OutriderError,
  type WaitingReason,
} from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { scanSlice } from '../cursors/bounded-scan.js';
import type { Place, Slice } from '../cursors/slice.js';
import { fleetFacts, heldByQuota } from '../lanes/open-lanes.js';
import { readStall } from '../stalls/read-stall.js';
import { secondsWithoutWorker } from './seconds-without-worker.js';
import {
  laneReasonOf,
  type OpenFacts,
  type QuotaReason,
  type WaitingFacts,
  waitingReasonOf,
} from './waiting-reason.js';

/** Which executions of a campaign to list. */
export interface ExecutionFilter {
  readonly campaignId: string;
  readonly limit: number;
  readonly after: Place | null;
  readonly status?: ExecutionState | undefined;
  /** Created at or after this time (ISO 8601). */
  readonly since?: string | undefined;
  /** Created before this time (ISO 8601). */
  readonly until?: string | undefined;
  readonly rowsLookedAt?: number | undefined;
}

type Lane = ExecutionDetail['lanes'][number];

interface ExecutionRow {
  id: string;
  campaign_id: string;
  number: number;
  execution_type: ExecutionType;
  status: ExecutionState;
  end_reason: EndReason | null;
  config: CampaignConfig;
  config_revision: number;
  triggered_by: string;
  trigger_reason: string | null;
  created_at: Date;
  started_at: Date | null;
  completed_at: Date | null;
  duration_seconds: number | null;
  pages_crawled: number;
  errors_encountered: number;
  crawlers_used: number;
  memory_peak_mb: number | null;
  previous_execution_id: string | null;
  result_summary: { readonly receipt: CoverageTotals } | null;
  error_log: Record<string, unknown>[] | null;
  discovered: number;
  fetched: number;
  failed: number;
  skipped: number;
  desired_by: string | null;
  operation_id: string | null;
  paused_seconds: number;
  paused_for: number;
  waited_seconds: number;
  waited_for: number;
  repeats_execution_id: string | null;
  scope_revision: number | null;
  held_lanes: number;
  leased: number;
  held_reasons: WaitingReason[];
  lost_worker: boolean;
  /** Null unless it is queued or running. */
  fleet: Pick<OpenFacts, 'workers' | 'browsers' | 'room' | 'browserRoom'> | null;
  held_by: QuotaReason | null;
  lane_errors: number;
  lanes_used: number;
  lane_memory_mb: number | null;
}

/** The columns of an execution and, beside them, the sums of its lanes: what is true while it runs. */
function executionColumns(tx: Tx) {
  return tx.sql`
    execution.*, lanes.*,
    -- Null once it is gone, by retention say: with it everything would be new.
    (select earlier.id from campaign_executions earlier where earlier.id = execution.previous_execution_id)
      as previous_execution_id,
    coalesce(execution.duration_seconds, extract(epoch from clock_timestamp() - execution.started_at)::float8)
      as duration_seconds,
    coalesce(extract(epoch from clock_timestamp() - execution.paused_at)::float8, 0) as paused_for,
    case when execution.status in ('running', 'pausing') then ${secondsWithoutWorker(tx)} else 0 end as waited_for,
    case when execution.status in ('queued', 'running') then ${fleetFacts(tx)} end as fleet,
    case when execution.status in ('queued', 'running') then ${heldByQuota(tx)} end as held_by`;
}

function laneSums(tx: Tx) {
  return tx.sql`
    cross join lateral (
      select execution.seeds_discovered + coalesce(sum(discovered), 0)::float8 as discovered,
        execution.seeds_skipped + coalesce(sum(skipped), 0)::float8 as skipped,
        coalesce(sum(fetched), 0)::float8 as fetched, coalesce(sum(failed), 0)::float8 as failed,
        coalesce(sum(errors), 0)::float8 as lane_errors, count(distinct instance_id)::int as lanes_used,
        nullif(max(lane.memory_peak_mb), 0) as lane_memory_mb,
        (count(*) filter (where lane.status = 'active'))::int as held_lanes,
        coalesce(sum(lane.in_flight), 0)::float8 as leased,
        coalesce(array_agg(lane.waiting_reason) filter (where lane.status = 'active' and lane.waiting_reason is not null), '{}')
          as held_reasons,
        coalesce(bool_or(lane.status = 'waiting' and lane.waiting_reason = 'worker_lost'), false) as lost_worker
      from execution_lanes lane where lane.execution_id = execution.id
    ) lanes`;
}

/**
 * The executions of a campaign, newest first. A slice may hold fewer than were asked for and yet not be the last, see
 * `scanSlice`.
 */
export function listExecutions(tx: Tx, filter: ExecutionFilter): Promise<Slice<Execution>> {
  const { campaignId, limit, after, status, since, until, rowsLookedAt } = filter;
  return scanSlice<ExecutionRow, Pick<ExecutionRow, 'id'>, Execution>(tx, {
    candidates: tx.sql`
      select * from campaign_executions
      where campaign_id = ${campaignId} ${after === null ? tx.sql`` : tx.sql`and id < ${after[0] ?? ''}::uuid`}
      order by id desc`,
    as: tx.sql`execution`,
    columns: executionColumns(tx),
    joins: laneSums(tx),
    filter: tx.sql`
      ${status === undefined ? tx.sql`` : tx.sql`and execution.status = ${status}`}
      ${since === undefined ? tx.sql`` : tx.sql`and execution.created_at >= ${since}`}
      ${until === undefined ? tx.sql`` : tx.sql`and execution.created_at < ${until}`}`,
    order: tx.sql`execution.id desc`,
    place: tx.sql`execution.id`,
    limit,
    present: toExecution,
    placeOf: (row) => [row.id],
    rowsLookedAt,
  });
}

/** One execution. Throws `not_found`. */
export async function readExecution(tx: Tx, executionId: string): Promise<Execution> {
  return toExecution(await readRow(tx, executionId));
}

/**
 * One execution with its pinned configuration, its lanes and its report. For what it waits is not its tenant's
 * knowledge alone: see `listWaitingExecutions`. Throws `not_found`.
 */
export async function readExecutionDetail(
  tx: Tx,
  executionId: string,
): Promise<Omit<ExecutionDetail, 'waiting'>> {
  const row = await readRow(tx, executionId);
  return {
    ...toExecution(row),
    config: row.config,
    lanes: await listLanes(tx, row),
    stall: await readStall(tx, executionId),
    resultSummary: row.result_summary === null ? null : { ...row.result_summary },
    errorLog: row.error_log,
  };
}

/** Where the URLs of an execution are now: by its counters while it runs, by its receipt once it ended. Throws `not_found`. */
export async function readLiveCoverage(tx: Tx, executionId: string): Promise<CoverageTotals> {
  return coverageOf(await readRow(tx, executionId));
}

async function readRow(tx: Tx, executionId: string): Promise<ExecutionRow> {
  const [row] = await tx.sql<ExecutionRow[]>`
    select ${executionColumns(tx)} from campaign_executions execution ${laneSums(tx)}
    where execution.id = ${executionId}`;
  if (row === undefined) throw new OutriderError('not_found', 'There is no such execution.');
  return row;
}

async function listLanes(tx: Tx, execution: ExecutionRow): Promise<Lane[]> {
  const facts = waitingFacts(execution);
  const rows = await tx.sql<(Omit<Lane, 'heartbeatAt'> & { heartbeatAt: Date | null })[]>`
    select id, lane_number as "laneNumber", status, instance_id as "instanceId", epoch,
      heartbeat_at as "heartbeatAt", waiting_reason as "waitingReason"
    from execution_lanes where execution_id = ${execution.id} order by lane_number`;
  return rows.map((row) => ({
    ...row,
    heartbeatAt: toIso(row.heartbeatAt),
    waitingReason: laneReasonOf(facts, row),
  }));
}

function coverageOf(row: ExecutionRow): CoverageTotals {
  if (row.result_summary !== null) {
    const { discovered, fetched, failed, skipped, pending } = row.result_summary.receipt;
    return { discovered, fetched, failed, skipped, pending };
  }
  const { discovered, fetched, failed, skipped } = row;
  // Never less than none, should counters have drifted: the receipt will tell of that.
  const pending = Math.max(0, discovered - fetched - failed - skipped);
  return { discovered, fetched, failed, skipped, pending };
}

function toExecution(row: ExecutionRow): Execution {
  const ended = row.completed_at !== null;
  return {
    id: row.id,
    campaignId: row.campaign_id,
    number: row.number,
    executionType: row.execution_type,
    status: row.status,
    endReason: row.end_reason,
    waitingReason: waitingReasonOf(waitingFacts(row)),
    orderedBy: row.desired_by,
    operationId: row.operation_id,
    configRevision: row.config_revision,
    triggeredBy: row.triggered_by,
    triggerReason: row.trigger_reason,
    createdAt: row.created_at.toISOString(),
    startedAt: toIso(row.started_at),
    completedAt: toIso(row.completed_at),
    durationSeconds: row.duration_seconds,
    pausedSeconds: row.paused_seconds + row.paused_for,
    waitedSeconds: row.waited_seconds + row.waited_for,
    pagesCrawled: ended ? row.pages_crawled : row.fetched,
    errorsEncountered: ended ? row.errors_encountered : row.lane_errors,
    crawlersUsed: ended ? row.crawlers_used : row.lanes_used,
    memoryPeakMb: ended ? row.memory_peak_mb : row.lane_memory_mb,
    coverage: coverageOf(row),
    previousExecutionId: row.previous_execution_id,
    repeatsExecutionId: row.repeats_execution_id,
    scopeRevision: row.scope_revision,
  };
}

function waitingFacts(row: ExecutionRow): WaitingFacts {
  const { status, held_lanes: heldLanes, leased, fleet, held_by: heldBy, lost_worker: lostWorker } = row;
  const needsBrowser = row.config.renderer === 'browser';
  const open = fleet === null ? null : { ...fleet, heldBy, lostWorker, needsBrowser, position: 1 };
  return { status, heldLanes, leased, heldReasons: row.held_reasons, open };
}

function toIso(time: Date | null): string | null {
  return time === null ? null : time.toISOString();
}
