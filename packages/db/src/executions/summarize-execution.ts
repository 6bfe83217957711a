import type { CoverageReceipt, SitemapTotals } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { summarizeSitemaps } from '../sitemaps/summarize-sitemaps.js';

/** A page of the report: slow, with how long it took. */
export interface SlowPage {
  readonly url: string;
  readonly urlKey: string;
  readonly statusCode: number;
  readonly totalMs: number;
}

/** A URL of the report that is broken, and the page that first led to it (null for a seed). */
export interface BrokenPage {
  readonly url: string;
  readonly urlKey: string;
  /** Null for one that gave no usable answer; then `failureCode` says why. */
  readonly statusCode: number | null;
  readonly failureCode: string | null;
  readonly linkedFrom: string | null;
}

/** The figures of the report that come from the records of the pages. */
export interface ExecutionFigures {
  readonly errorsByType: Readonly<Record<string, number>>;
  readonly slowest: readonly SlowPage[];
  readonly broken: readonly BrokenPage[];
  readonly averageResponseMs: number | null;
  /** Bytes received, before decoding. */
  readonly bytes: number;
  /** Null when it read none. */
  readonly sitemaps: SitemapTotals | null;
}

/** What `campaign_executions.result_summary` holds. */
export interface ResultSummary extends ExecutionFigures {
  readonly receipt: CoverageReceipt;
  /** Whether the lanes' counters equal the recount. */
  readonly countersMatch: boolean;
  readonly pagesPerSecond: number | null;
}

const SLOWEST = 10;
const BROKEN = 20;

/**
 * Reads the figures of an execution's report: errors by type, the slowest and the broken pages, averages. An
 * attempt that was retried is recorded as `info`; it is no error of the report.
 */
export async function summarizeExecution(tx: Tx, executionId: string): Promise<ExecutionFigures> {
  const errors = await tx.sql<{ error_type: string; count: number }[]>`
    select error_type, sum(errors)::float8 as count from campaign_error_counts
    where execution_id = ${executionId} and severity <> 'info' group by error_type order by error_type`;
  const slowest = await tx.sql<SlowPage[]>`
    select url, url_key as "urlKey", status_code as "statusCode", total_ms as "totalMs" from crawl_results
    where execution_id = ${executionId} order by total_ms desc limit ${SLOWEST}`;
  const [overall] = await tx.sql<{ average_ms: number | null; bytes: number }[]>`
    select avg(total_ms)::float8 as average_ms, coalesce(sum(wire_bytes), 0)::float8 as bytes
    from crawl_results where execution_id = ${executionId}`;
  return {
    errorsByType: Object.fromEntries(errors.map((row) => [row.error_type, row.count])),
    slowest: [...slowest],
    broken: await listBroken(tx, executionId),
    averageResponseMs: overall?.average_ms ?? null,
    bytes: overall?.bytes ?? 0,
    sitemaps: await summarizeSitemaps(tx, executionId),
  };
}

/**
 * URLs without a usable answer, then answers of 5xx, then of 4xx. They take turns for the places of the list,
 * so that many of one kind leave room for the others.
 */
async function listBroken(tx: Tx, executionId: string): Promise<BrokenPage[]> {
  const rows = await tx.sql<BrokenPage[]>`
    select broken.url, broken.url_key as "urlKey", broken.status_code as "statusCode",
      broken.failure_code as "failureCode", log.source_url as "linkedFrom"
    from (
      select candidate.*, row_number() over (partition by kind order by status_code, url_key) as turn
      from (
        (select 1 as kind, url, url_key, null::int as status_code, failure_code from crawl_targets
          where execution_id = ${executionId} and state = 'failed' order by url_key limit ${BROKEN})
        union all
        (select 2, url, url_key, status_code::int, null from crawl_results
          where execution_id = ${executionId} and status_code >= 500 order by status_code, url_key limit ${BROKEN})
        union all
        (select 3, url, url_key, status_code::int, null from crawl_results
          where execution_id = ${executionId} and status_code between 400 and 499
          order by status_code, url_key limit ${BROKEN})
      ) candidate
      order by turn, kind limit ${BROKEN}
    ) broken
    left join url_discovery_log log on log.execution_id = ${executionId} and log.url_hash = broken.url_key
    order by broken.kind, broken.status_code, broken.url_key`;
  return [...rows];
}
