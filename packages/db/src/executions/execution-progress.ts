import type { ExecutionState } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/** What decides whether an execution is over: whether URLs or sitemaps are pending or leased, and how it stands to its limits. */
export interface ExecutionProgress {
  readonly executionId: string;
  readonly tenantId: string;
  readonly status: ExecutionState;
  readonly hasLeased: boolean;
  readonly hasPending: boolean;
  /** From the lanes' counters. */
  readonly fetched: number;
  readonly maxPages: number;
  /** Whether scope.maxDurationSeconds have passed since it first ran, by the database's clock. */
  readonly pastDeadline: boolean;
}

/**
 * The progress of every execution that could end by itself, or of one. One statement for all of them;
 * each costs two probes of the partial indexes on pending and leased targets, however large its frontier.
 * `limit 1` inside the lateral joins keeps the planner from hashing whole frontiers instead of probing.
 */
export async function listExecutionProgress(tx: Tx, executionId?: string): Promise<ExecutionProgress[]> {
  return tx.sql<ExecutionProgress[]>`
    select execution.id as "executionId", execution.tenant_id as "tenantId", execution.status,
      leased.found is not null or coalesce(sitemap.reading, false) as "hasLeased",
      pending.found is not null or coalesce(sitemap.pending, false) as "hasPending",
      counted.fetched,
      (execution.config #>> '{scope,maxPages}')::float8 as "maxPages",
      coalesce(execution.started_at + (execution.config #>> '{scope,maxDurationSeconds}')::float8 * interval '1 second'
        <= clock_timestamp(), false) as "pastDeadline"
    from campaign_executions execution
    cross join lateral (
      select coalesce(sum(fetched), 0)::float8 as fetched from execution_lanes where execution_id = execution.id
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
    where execution.completed_at is null and execution.status in ('queued', 'running', 'stopping')
      ${executionId === undefined ? tx.sql`` : tx.sql`and execution.id = ${executionId}`}`;
}
