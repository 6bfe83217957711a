import type { Tx } from '../connect/database.js';

/**
 * Keys of the pages that name a URL, from `from` on, in order. After the end of an execution its inlinks are
 * looked up; before that the pages themselves are searched, which takes time with many of them.
 */
export async function listInlinkSources(
  tx: Tx,
  { executionId, urlKey, from, limit }: { executionId: string; urlKey: string; from: string; limit: number },
): Promise<string[]> {
  const rows = (await isIndexed(tx, executionId))
    ? await tx.sql<{ source_key: string }[]>`
        select source_key from (
          select source_keys from crawl_inlinks
          where execution_id = ${executionId} and target_key = ${urlKey} and last_source_key >= ${from}
          order by last_source_key limit ${limit}
        ) part cross join unnest(part.source_keys) as source_key
        where source_key >= ${from} order by source_key limit ${limit}`
    : await tx.sql<{ source_key: string }[]>`
        select source_key from crawl_links
        where execution_id = ${executionId} and source_key >= ${from} and target_keys @> array[${urlKey}::uuid]
        order by source_key limit ${limit}`;
  return rows.map((row) => row.source_key);
}

/** How many pages of the execution name a URL. */
export async function countInlinkSources(tx: Tx, executionId: string, urlKey: string): Promise<number> {
  const [row] = (await isIndexed(tx, executionId))
    ? await tx.sql<{ count: number }[]>`
        select coalesce(sum(cardinality(source_keys)), 0)::float8 as count from crawl_inlinks
        where execution_id = ${executionId} and target_key = ${urlKey}`
    : await tx.sql<{ count: number }[]>`
        select count(*)::float8 as count from crawl_links
        where execution_id = ${executionId} and target_keys @> array[${urlKey}::uuid]`;
  return row?.count ?? 0;
}

async function isIndexed(tx: Tx, executionId: string): Promise<boolean> {
  const [row] = await tx.sql<{ indexed: boolean }[]>`
    select inlinks_indexed_at is not null as indexed from campaign_executions where id = ${executionId}`;
  return row?.indexed === true;
}
