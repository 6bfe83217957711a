import type { Tx } from '../connect/database.js';
import { type Fragment, mergeOrdered } from '../cursors/bounded-scan.js';
import { statusRange } from '../cursors/status-range.js';
import type { PageFilter } from './page-filter.js';

/** What a place in the list is made of. */
export interface PagePlace {
  url_key: string;
  total_ms: number;
  status_code: number;
}

/** Where a list of pages looks, in its order, for the pages that its filter wants. */
export interface PageCandidates {
  readonly candidates: Fragment;
  readonly order: Fragment;
  readonly place: Fragment;
}

/**
 * The shortest row of pages that an index has in the order of the list, and that holds every page of the filter:
 * by status, by reason, by host or by what is missing; else all pages of the execution. What the index does not know
 * of the filter is left to the caller.
 */
export async function pageCandidates(tx: Tx, filter: PageFilter): Promise<PageCandidates> {
  switch (filter.sort) {
    case 'slowest':
      return byTime(tx, filter, { direction: tx.sql`desc`, beyond: tx.sql`<` });
    case 'fastest':
      return byTime(tx, filter, { direction: tx.sql`asc`, beyond: tx.sql`>` });
    case 'status':
      return inStatusOrder(tx, filter, { direction: tx.sql`asc`, beyond: tx.sql`>` });
    case 'status_desc':
      return inStatusOrder(tx, filter, { direction: tx.sql`desc`, beyond: tx.sql`<` });
    case 'url_key':
      return inKeyOrder(tx, filter);
  }
}

/** Which way a list goes, and how what comes later in it compares. */
interface Way {
  readonly direction: Fragment;
  readonly beyond: Fragment;
}

async function inKeyOrder(tx: Tx, filter: PageFilter): Promise<PageCandidates> {
  const range = statusesOf(filter);
  if (range !== null) return byStatus(tx, filter, range);
  const condition = partialIndexCondition(tx, filter);
  if (condition === null && filter.host !== undefined) return byHost(tx, filter, filter.host);
  return byKey(tx, pagesAfter(tx, filter, condition ?? tx.sql``));
}

/** The index by time is read in either direction; pages of the very same time come by key. */
function byTime(tx: Tx, { executionId, after }: PageFilter, { direction, beyond }: Way): PageCandidates {
  const [totalMs = 0, urlKey = ''] = after ?? [];
  const place =
    after === null
      ? tx.sql``
      : tx.sql`and total_ms ${beyond}= ${totalMs}::real and (total_ms ${beyond} ${totalMs}::real or url_key > ${urlKey}::uuid)`;
  return {
    candidates: tx.sql`
      select * from crawl_results where execution_id = ${executionId} ${place} order by total_ms ${direction}, url_key`,
    // The table's own column: an output column of the same name, converted for us, would hide the index.
    order: tx.sql`crawl_results.total_ms ${direction}, crawl_results.url_key`,
    place: tx.sql`crawl_results.total_ms::float8 as total_ms, crawl_results.url_key`,
  };
}

/** The index by status is read in either direction, the keys of one status with it. */
function inStatusOrder(tx: Tx, filter: PageFilter, { direction, beyond }: Way): PageCandidates {
  const { executionId, after } = filter;
  const [status = 0, urlKey = ''] = after ?? [];
  const range = statusesOf(filter);
  return {
    candidates: tx.sql`
      select * from crawl_results where execution_id = ${executionId}
        ${range === null ? tx.sql`` : tx.sql`and status_code between ${range.low} and ${range.high}`}
        ${after === null ? tx.sql`` : tx.sql`and (status_code, url_key) ${beyond} (${status}::smallint, ${urlKey}::uuid)`}
      order by status_code ${direction}, url_key ${direction}`,
    order: tx.sql`crawl_results.status_code ${direction}, crawl_results.url_key ${direction}`,
    place: tx.sql`crawl_results.status_code, crawl_results.url_key`,
  };
}

function byKey(tx: Tx, candidates: Fragment): PageCandidates {
  return { candidates, order: tx.sql`crawl_results.url_key`, place: tx.sql`crawl_results.url_key` };
}

function pagesAfter(tx: Tx, { executionId, after }: PageFilter, condition: Fragment): Fragment {
  return tx.sql`
    select * from crawl_results
    where execution_id = ${executionId} ${condition}
      ${after === null ? tx.sql`` : tx.sql`and url_key > ${after[0] ?? ''}::uuid`}
    order by url_key`;
}

/** The statuses that a page of the filter can have, where they alone make the row short. */
function statusesOf({ status, indexabilityReason }: PageFilter): { low: number; high: number } | null {
  if (status !== undefined) return statusRange(status);
  if (indexabilityReason === 'client_error') return { low: 400, high: 499 };
  if (indexabilityReason === 'server_error') return { low: 500, high: 999 };
  return null;
}

/** The index by status has the pages of one status in order, so those of a class are merged from a row for each. */
async function byStatus(
  tx: Tx,
  filter: PageFilter,
  { low, high }: { low: number; high: number },
): Promise<PageCandidates> {
  const statuses = low === high ? [low] : await statusesBetween(tx, filter.executionId, low, high);
  const arms = statuses.map((status) => pagesAfter(tx, filter, tx.sql`and status_code = ${status}`));
  const none = pagesAfter(tx, filter, tx.sql`and false`);
  return byKey(tx, mergeOrdered(tx, arms, { order: tx.sql`url_key`, none }));
}

/** Each status of a class that pages of the execution have: one look into the index for each. */
async function statusesBetween(tx: Tx, executionId: string, low: number, high: number): Promise<number[]> {
  const rows = await tx.sql<{ status: number }[]>`
    with recursive found as (
      (select status_code from crawl_results
        where execution_id = ${executionId} and status_code between ${low} and ${high} order by status_code limit 1)
      union all
      select (select next.status_code from crawl_results next
        where next.execution_id = ${executionId} and next.status_code > found.status_code
          and next.status_code <= ${high} order by next.status_code limit 1)
      from found where found.status_code is not null
    )
    select status_code as status from found where status_code is not null`;
  return rows.map(({ status }) => status);
}

/** The condition of an index that holds few pages of an execution. */
function partialIndexCondition(tx: Tx, filter: PageFilter): Fragment | null {
  const { indexabilityReason: reason, titleMissing, soft404 } = filter;
  if (reason !== undefined) {
    return tx.sql`and not indexable and status_code < 400 and indexability_reason = ${reason}`;
  }
  if (titleMissing === true) return tx.sql`and is_html and title is null`;
  if (soft404 === true) return tx.sql`and soft404_score >= 0.5`;
  return null;
}

/**
 * The discovery log has the URLs of a host in order, so that the results need no index for it. A URL that was not
 * fetched is looked at like any other, or many of them would make one request as long as the list.
 */
function byHost(tx: Tx, { executionId, after }: PageFilter, host: string): PageCandidates {
  return {
    candidates: tx.sql`
      select log.url_hash as looked_at, result.* from url_discovery_log log
      left join crawl_results result on result.execution_id = log.execution_id and result.url_key = log.url_hash
      where log.execution_id = ${executionId} and log.host = ${host}
        ${after === null ? tx.sql`` : tx.sql`and log.url_hash > ${after[0] ?? ''}::uuid`}
      order by log.url_hash`,
    order: tx.sql`crawl_results.looked_at`,
    place: tx.sql`crawl_results.looked_at as url_key`,
  };
}
