import type { IndexabilityReason, Page, PageSort } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { scanSlice } from '../cursors/bounded-scan.js';
import type { Place, Slice } from '../cursors/slice.js';
import { statusRange } from '../cursors/status-range.js';
import { type PagePlace, pageCandidates } from './page-candidates.js';
import type { PageFilter } from './page-filter.js';
import { type PageRow, pageColumns, toPage } from './page-row.js';

/** Records of pages are wide: hardly two of them share a block of the table. */
const ROWS_LOOKED_AT = 3_000;

/**
 * Fetched URLs of an execution, by key, by response time or by status. A slice may hold fewer than were asked for and yet not be
 * the last, see `scanSlice`.
 */
export async function listPages(tx: Tx, filter: PageFilter): Promise<Slice<Page>> {
  const { limit, sort, rowsLookedAt = ROWS_LOOKED_AT } = filter;
  return scanSlice<PageRow, PagePlace, Page>(tx, {
    ...(await pageCandidates(tx, filter)),
    as: tx.sql`crawl_results`,
    columns: pageColumns(tx),
    filter: filterConditions(tx, filter),
    limit,
    present: toPage,
    placeOf: (row) => placeOf(row, sort),
    rowsLookedAt,
  });
}

function placeOf({ total_ms, status_code, url_key }: PagePlace, sort: PageSort): Place {
  switch (sort) {
    case 'url_key':
      return [url_key];
    case 'slowest':
    case 'fastest':
      return [total_ms, url_key];
    case 'status':
    case 'status_desc':
      return [status_code, url_key];
  }
}

function filterConditions(tx: Tx, filter: PageFilter) {
  const { host, urlContains, indexable, contentType, html, depth, since, until } = filter;
  const range = filter.status === undefined ? undefined : statusRange(filter.status);
  return tx.sql`
    ${range === undefined ? tx.sql`` : statusCondition(tx, range)}
    ${host === undefined ? tx.sql`` : tx.sql`and host = ${host}`}
    ${urlContains === undefined ? tx.sql`` : tx.sql`and strpos(lower(url), lower(${urlContains})) > 0`}
    ${indexable === undefined ? tx.sql`` : tx.sql`and indexable = ${indexable}`}
    ${contentType === undefined ? tx.sql`` : tx.sql`and lower(trim(split_part(content_type, ';', 1))) = lower(${contentType})`}
    ${reasonCondition(tx, filter.indexabilityReason)}
    ${titleCondition(tx, filter.titleMissing)}
    ${soft404Condition(tx, filter.soft404)}
    ${html === undefined ? tx.sql`` : tx.sql`and is_html = ${html}`}
    ${depth === undefined ? tx.sql`` : tx.sql`and depth = ${depth}`}
    ${since === undefined ? tx.sql`` : tx.sql`and fetched_at >= ${since}::timestamptz`}
    ${until === undefined ? tx.sql`` : tx.sql`and fetched_at < ${until}::timestamptz`}`;
}

function statusCondition(tx: Tx, { low, high }: ReturnType<typeof statusRange>) {
  return low === high ? tx.sql`and status_code = ${low}` : tx.sql`and status_code between ${low} and ${high}`;
}

/** A status decides before anything that the page says. */
function reasonCondition(tx: Tx, reason: IndexabilityReason | undefined) {
  switch (reason) {
    case undefined:
      return tx.sql``;
    case 'client_error':
      return tx.sql`and status_code between 400 and 499`;
    case 'server_error':
      return tx.sql`and status_code >= 500`;
    case 'redirect':
    case 'noindex':
    case 'canonicalised':
    case 'no_response':
    case 'non_html':
      return tx.sql`and not indexable and status_code < 400 and indexability_reason = ${reason}`;
  }
}

function titleCondition(tx: Tx, missing: boolean | undefined) {
  if (missing === undefined) return tx.sql``;
  return missing ? tx.sql`and is_html and title is null` : tx.sql`and is_html and title is not null`;
}

function soft404Condition(tx: Tx, soft404: boolean | undefined) {
  if (soft404 === undefined) return tx.sql``;
  return soft404 ? tx.sql`and soft404_score >= 0.5` : tx.sql`and soft404_score < 0.5`;
}
