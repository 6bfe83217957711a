import type { DesiredState, ExecutionState, LimitsConfig, OperationCause } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { secondsWithoutWorker } from './seconds-without-worker.js';

/** What decides whether an execution is over: whether URLs or sitemaps are pending or leased, and how it stands to its limits. */
export interface ExecutionProgress {
  readonly executionId: string;
  readonly tenantId: string;
  readonly status: ExecutionState;
  readonly desired: DesiredState;
  readonly cause: OperationCause;
  /** Whether the time for fetches in flight to finish is over, and that for workers to cut them off too. */
  readonly pastCut: boolean;
  /** Whether a worker holds a lane. */
  readonly hasHeldLane: boolean;
  readonly hasLeased: boolean;
  readonly hasPending: boolean;
  /** From the lanes' counters. */
  readonly fetched: number;
  readonly maxPages: number;
  readonly wireBytes: number;
  /** 0: no limit. */
  readonly maxBytes: number;
  /** URLs settled with and without an answer, and how many of them are failures, since the last resume. */
  readonly judgedPages: number;
  readonly judgedErrors: number;
  readonly errorRate: LimitsConfig['errorRate'];
  /** Whether scope.maxDurationSeconds have passed since it first ran, pauses and time without a worker not counted, by the database's clock. */
  readonly pastDeadline: boolean;
}

/** Which executions to look at. */
export interface ProgressFilter {
  readonly executionId?: string;
  /** Only those that are to pause, or that have a limit on the share of errors. */
  readonly onlyHoldable?: boolean;
}

/**
 * Workers hear within a second and then need a moment to write what they have. One that has not let go so long
 * after the cut is dead, cut off or stuck, and an end that somebody asked for does not wait for it.
 */
const CUT_MARGIN_MS = 3_000;

/**
 * The progress of every execution that could end or pause, or of some of them. One statement for all of them;
 * each costs two probes of the partial indexes on pending and leased targets, however large its frontier.
 * `limit 1` inside the lateral joins keeps the planner from hashing whole frontiers instead of probing.
 */
export async function listExecutionProgress(
  tx: Tx,
  which: ProgressFilter = {},
): Promise<ExecutionProgress[]> {
  const { executionId, onlyHoldable = false } = which;
  return tx.sql<ExecutionProgress[]>`
    select execution.id as "executionId", execution.tenant_id as "tenantId", execution.status,
      leased.found is not null or coalesce(sitemap.reading, false) as "hasLeased",
      pending.found is not null or coalesce(sitemap.pending, false) as "hasPending",
      execution.desired_state as desired, execution.desired_cause as cause,
      coalesce(execution.cut_at + ${CUT_MARGIN_MS} * interval '1 millisecond' <= clock_timestamp(), false) as "pastCut",
      counted.held as "hasHeldLane",
      counted.fetched, counted.wire_bytes as "wireBytes",
      counted.settled - execution.rate_base_pages::float8 as "judgedPages",
      counted.errors - execution.rate_base_errors::float8 as "judgedErrors",
      nullif(execution.config #> '{limits,errorRate}', 'null') as "errorRate",
      coalesce((execution.config #>> '{scope,maxBytes}')::float8, 0) as "maxBytes",
      (execution.config #>> '{scope,maxPages}')::float8 as "maxPages",
      coalesce(execution.started_at
        + ((execution.config #>> '{scope,maxDurationSeconds}')::float8 + execution.paused_seconds + execution.waited_seconds
          + case when counted.held then 0 else ${secondsWithoutWorker(tx)} end) * interval '1 second'
        <= clock_timestamp(), false) as "pastDeadline"
    from campaign_executions execution
    cross join lateral (
      select coalesce(sum(fetched), 0)::float8 as fetched, coalesce(sum(fetched + failed), 0)::float8 as settled,
        coalesce(sum(errors), 0)::float8 as errors, coalesce(sum(wire_bytes), 0)::float8 as wire_bytes,
        coalesce(bool_or(status = 'active'), false) as held
      from execution_lanes where execution_id = execution.id
    ) counted
    left join lateral (
      select 1 as found from crawl_targets target
      where target.execution_id = execution.id and target.state = 'leased' limit 1
    ) leased on true
    left join lateral (
      select 1 as found from crawl_targets target
      where target.execution_id = execution.id and target.state = 'pending' limit 1
    ) pending on true
    left join lateral (
      select bool_or(state = 'reading') as reading, bool_or(state = 'pending') as pending
      from execution_sitemaps where execution_id = execution.id and state in ('pending', 'reading')
    ) sitemap on true
    where execution.completed_at is null and execution.status in ('queued', 'running', 'pausing', 'stopping')
      ${executionId === undefined ? tx.sql`` : tx.sql`and execution.id = ${executionId}`}
      ${onlyHoldable ? tx.sql`and (execution.status = 'pausing' or execution.config #>> '{limits,errorRate}' is not null)` : tx.sql``}`;
}
