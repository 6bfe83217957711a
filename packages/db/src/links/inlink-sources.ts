import type { Tx } from '../connect/database.js';
import { scanSlice } from '../cursors/bounded-scan.js';
import { SOURCES_PER_ROW } from './index-inlinks.js';

/** Whose sources to look up. */
export interface InlinkQuery {
  readonly executionId: string;
  readonly urlKey: string;
  /** The first key that may be one. */
  readonly from: string;
  readonly limit: number;
}

/** Sources in order, `limit` of them at most; and the key from which the next are to be looked for, null after the last. */
export interface InlinkSources {
  readonly keys: readonly string[];
  readonly nextFrom: string | null;
  /** The pages were searched, which takes longer than looking up. */
  readonly isSearched: boolean;
}

/**
 * Keys of the pages that name a URL, from `from` on, in order. After the end of an execution its inlinks are looked
 * up; before that the pages themselves are searched, so many at a time: there may be fewer than `limit`, or none, and
 * yet more to come.
 */
export async function listInlinkSources(tx: Tx, query: InlinkQuery): Promise<InlinkSources> {
  // Sent together: before the end of an execution there is nothing to look up, which costs next to nothing.
  const [indexed, found] = await Promise.all([isIndexed(tx, query.executionId), lookUpSources(tx, query)]);
  return indexed ? found : searchSources(tx, query);
}

async function lookUpSources(
  tx: Tx,
  { executionId, urlKey, from, limit }: InlinkQuery,
): Promise<InlinkSources> {
  // All rows of a URL but its last are full.
  const rowsNeeded = Math.ceil((limit + 1) / SOURCES_PER_ROW) + 1;
  const rows = await tx.sql<{ source_key: string }[]>`
    select source_key from (
      select source_keys from crawl_inlinks
      where execution_id = ${executionId} and target_key = ${urlKey} and last_source_key >= ${from}
      order by last_source_key limit ${rowsNeeded}
    ) part cross join unnest(part.source_keys) as source_key
    where source_key >= ${from} order by source_key limit ${limit + 1}`;
  const keys = rows.map((row) => row.source_key);
  return { keys: keys.slice(0, limit), nextFrom: keys[limit] ?? null, isSearched: false };
}

const FIRST_KEY = '00000000-0000-0000-0000-000000000000';
const LAST_KEY = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
/** Rows with the links of a page are wide. */
const PAGES_SEARCHED = 1_000;

async function searchSources(
  tx: Tx,
  { executionId, urlKey, from, limit }: InlinkQuery,
): Promise<InlinkSources> {
  type Row = { source_key: string };
  const { items, next } = await scanSlice<Row, Row, string>(tx, {
    candidates: tx.sql`
      select source_key, target_keys from crawl_links
      where execution_id = ${executionId} and source_key >= ${from} order by source_key`,
    as: tx.sql`page`,
    columns: tx.sql`page.source_key`,
    filter: tx.sql`and page.target_keys @> array[${urlKey}::uuid]`,
    order: tx.sql`page.source_key`,
    place: tx.sql`page.source_key`,
    limit,
    present: (row) => row.source_key,
    placeOf: (row) => [row.source_key],
    rowsLookedAt: PAGES_SEARCHED,
  });
  return { keys: items, nextFrom: next === null ? null : keyAfter(String(next[0])), isSearched: true };
}

/** The next greater key, which is a number of 128 bits; null after the greatest. */
function keyAfter(key: string): string | null {
  if (key === LAST_KEY) return null;
  const next = (BigInt(`0x${key.replaceAll('-', '')}`) + 1n).toString(16).padStart(32, '0');
  return [next.slice(0, 8), next.slice(8, 12), next.slice(12, 16), next.slice(16, 20), next.slice(20)].join(
    '-',
  );
}

/** How many pages of the execution name a URL; null while its inlinks are not made and its pages are too many to search. */
export async function countInlinkSources(
  tx: Tx,
  executionId: string,
  urlKey: string,
): Promise<number | null> {
  if (!(await isIndexed(tx, executionId))) {
    const { keys, nextFrom } = await searchSources(tx, {
      executionId,
      urlKey,
      from: FIRST_KEY,
      limit: PAGES_SEARCHED,
    });
    return nextFrom === null ? keys.length : null;
  }
  // All rows but the last are full, so only one list of sources is read.
  const [row] = await tx.sql<{ rows: number; last: number | null }[]>`
    select count(*)::float8 as rows, (
      select cardinality(source_keys) from crawl_inlinks
      where execution_id = ${executionId} and target_key = ${urlKey} order by last_source_key desc limit 1
    ) as last
    from crawl_inlinks where execution_id = ${executionId} and target_key = ${urlKey}`;
  return row === undefined || row.last === null ? 0 : (row.rows - 1) * SOURCES_PER_ROW + row.last;
}

async function isIndexed(tx: Tx, executionId: string): Promise<boolean> {
  const [row] = await tx.sql<{ indexed: boolean }[]>`
    select inlinks_indexed_at is not null as indexed from campaign_executions where id = ${executionId}`;
  return row?.indexed === true;
}
