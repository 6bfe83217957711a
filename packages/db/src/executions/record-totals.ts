import type { Tx } from '../connect/database.js';
import type { ResultSummary } from './summarize-execution.js';

/** The totals of an execution at its end. */
export interface ExecutionTotals {
  readonly pagesCrawled: number;
  readonly errorsEncountered: number;
  readonly crawlersUsed: number;
  readonly memoryPeakMb: number | null;
  readonly summary: ResultSummary;
  /** What went wrong in the platform itself; empty when nothing did. */
  readonly problems: readonly ExecutionProblem[];
}

/** An entry of `campaign_executions.error_log`. */
export interface ExecutionProblem {
  readonly code: 'receipt_unbalanced' | 'counters_differ';
  readonly message: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Writes an execution's totals and its report. The execution's row must be locked. */
export async function recordTotals(tx: Tx, executionId: string, totals: ExecutionTotals): Promise<void> {
  const problems = totals.problems.length === 0 ? null : JSON.stringify(totals.problems);
  await tx.sql`
    update campaign_executions set
      pages_crawled = ${totals.pagesCrawled}, errors_encountered = ${totals.errorsEncountered},
      crawlers_used = ${totals.crawlersUsed}, memory_peak_mb = ${totals.memoryPeakMb},
      result_summary = ${JSON.stringify(totals.summary)}::text::jsonb,
      error_log = case when ${problems}::text is null then error_log
        else coalesce(error_log, '[]'::jsonb) || ${problems}::text::jsonb end
    where id = ${executionId}`;
}
