import type { Tx } from '../connect/database.js';
import type { FiguresByDay } from './figures-by-day.js';

interface UrlRow {
  day: string;
  kind: 'discoveredByMethod' | 'skippedByReason' | 'all';
  value: string | null;
  urls: number;
  skipped: number;
}

/** Adds URLs to the days (UTC) on which they were discovered: of the whole log, or of so many lines taken at random. */
export async function addDiscoveryFigures(
  tx: Tx,
  days: FiguresByDay,
  executionId: string,
  atMost: number | null,
): Promise<void> {
  const rows = await tx.sql<UrlRow[]>`
    select day, case when grouping(method) = 0 then 'discoveredByMethod' when grouping(reason) = 0 then 'skippedByReason'
        else 'all' end as kind,
      coalesce(method, reason) as value, count(*)::float8 as urls, count(reason)::float8 as skipped
    from (
      select to_char(discovered_at at time zone 'UTC', 'YYYY-MM-DD') as day, discovery_method as method, skip_reason as reason
      from url_discovery_log where execution_id = ${executionId}
      ${atMost === null ? tx.sql`` : tx.sql`order by url_hash limit ${atMost}`}
    ) found
    group by grouping sets ((day), (day, method), (day, reason))`;
  for (const { day, kind, value, urls, skipped } of rows) {
    const figures = days.of(day);
    if (kind === 'all') {
      figures.urlsDiscovered += urls;
      figures.urlsSkipped += skipped;
    } else if (value !== null) figures[kind][value] = urls;
  }
}

/** Adds URLs without a usable answer to the days (UTC) on which they were given up. */
export async function addFailureFigures(
  tx: Tx,
  days: FiguresByDay,
  executionId: string,
  atMost: number | null,
): Promise<void> {
  const rows = await tx.sql<{ day: string; code: string; urls: number }[]>`
    select day, code, count(*)::float8 as urls
    from (
      select to_char(settled_at at time zone 'UTC', 'YYYY-MM-DD') as day, coalesce(failure_code, 'unknown') as code
      from crawl_targets where execution_id = ${executionId} and state = 'failed'
      ${atMost === null ? tx.sql`` : tx.sql`order by url_key limit ${atMost}`}
    ) failed
    group by day, code`;
  for (const { day, code, urls } of rows) {
    const figures = days.of(day);
    figures.pagesFailed += urls;
    figures.errorsEncountered += urls;
    figures.failuresByCode[code] = urls;
  }
}

/**
 * Adds entries of the error log to the days (UTC) on which they occurred: all, or the newest so many. An attempt that was
 * retried is recorded as `info`; it is no error. Returns how many entries were looked at.
 */
export async function addErrorFigures(
  tx: Tx,
  days: FiguresByDay,
  executionId: string,
  atMost: number | null,
): Promise<number> {
  const rows = await tx.sql<{ day: string; error_type: string; entries: number; errors: number }[]>`
    select day, error_type, count(*)::float8 as entries, (count(*) filter (where severity <> 'info'))::float8 as errors
    from (
      select to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD') as day, error_type, severity
      from campaign_errors where execution_id = ${executionId}
      ${atMost === null ? tx.sql`` : tx.sql`order by id desc limit ${atMost}`}
    ) entry
    group by day, error_type`;
  for (const { day, error_type: type, errors } of rows) {
    if (errors > 0) days.of(day).errorsByType[type] = errors;
  }
  return rows.reduce((sum, { entries }) => sum + entries, 0);
}
