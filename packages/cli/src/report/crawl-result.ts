import type { CoverageTotals, Execution, ExecutionState } from '@outrider/shared';

/** What `outrider crawl --json` prints. Scripts rely on exactly these fields. */
export interface CrawlResult {
  readonly executionId: string;
  readonly status: ExecutionState;
  readonly pagesCrawled: number;
  readonly errorsEncountered: number;
  readonly durationSeconds: number;
  readonly coverage: CoverageTotals;
}

/** The figures of an execution that has ended; the time of one that never ran is 0. */
export function crawlResult(execution: Execution): CrawlResult {
  const { discovered, fetched, failed, skipped, pending } = execution.coverage;
  return {
    executionId: execution.id,
    status: execution.status,
    pagesCrawled: execution.pagesCrawled,
    errorsEncountered: execution.errorsEncountered,
    durationSeconds: execution.durationSeconds ?? 0,
    coverage: { discovered, fetched, failed, skipped, pending },
  };
}
