import type { SitemapDifference } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/** Keys that share a row, all but the last of a difference being full. */
const KEYS_PER_ROW = 256;

/**
 * Takes an execution whose links are indexed and whose sitemaps are not compared with them yet, for the caller's
 * transaction; null when there is none. One that another orchestrator works on is passed over.
 */
export async function takeUncomparedExecution(tx: Tx): Promise<string | null> {
  const [execution] = await tx.sql<{ id: string }[]>`
    select id from campaign_executions where inlinks_indexed_at is not null and sitemaps_compared_at is null
    order by id limit 1 for no key update skip locked`;
  return execution?.id ?? null;
}

/**
 * Stores how the URLs of an execution's sitemaps and those of its links differ. Its inlinks must be made. Reads each
 * linked URL once: some seconds at a million; nothing when no sitemap names a URL.
 */
export async function storeSitemapDifferences(tx: Tx, executionId: string): Promise<void> {
  const [named] = await tx.sql`select from sitemap_urls where execution_id = ${executionId} limit 1`;
  if (named !== undefined) {
    await tx.sql`
      insert into sitemap_differences (execution_id, difference, last_url_key, tenant_id, url_keys)
      select ${executionId}, difference, (array_agg(url_key order by url_key desc))[1], tenant_id,
        array_agg(url_key order by url_key)
      from (
        select difference, url_key, tenant_id,
          (row_number() over (partition by difference order by url_key) - 1) / ${KEYS_PER_ROW} as part
        from (${differences(tx, executionId)}) member
      ) placed
      group by difference, part, tenant_id
      on conflict do nothing`;
  }
  await tx.sql`update campaign_executions set sitemaps_compared_at = now() where id = ${executionId}`;
}

/** Linked means that a page other than itself names the URL; only URLs within the campaign's sites count. */
function differences(tx: Tx, executionId: string) {
  return tx.sql`
    with named as materialized (
      select distinct url_key from sitemap_urls where execution_id = ${executionId}
    ), linked as materialized (
      select distinct target_key as url_key from crawl_inlinks
      where execution_id = ${executionId} and (last_source_key <> target_key or cardinality(source_keys) > 1)
    )
    select case when linked.url_key is null then 'in_sitemap_not_linked' else 'linked_not_in_sitemap' end as difference,
      log.url_hash as url_key, log.tenant_id
    from named full join linked using (url_key)
    join url_discovery_log log
      on log.execution_id = ${executionId} and log.url_hash = coalesce(named.url_key, linked.url_key) and log.is_internal
    where named.url_key is null or linked.url_key is null`;
}

/** Keys of a stored difference after `after`, in order, `limit` of them at most. */
export async function listStoredDifference(
  tx: Tx,
  difference: { executionId: string; set: SitemapDifference; after: string | null; limit: number },
): Promise<string[]> {
  const { executionId, set, after, limit } = difference;
  const rowsNeeded = Math.ceil(limit / KEYS_PER_ROW) + 1;
  const rows = await tx.sql<{ url_key: string }[]>`
    select url_key from (
      select url_keys from sitemap_differences
      where execution_id = ${executionId} and difference = ${set}
        ${after === null ? tx.sql`` : tx.sql`and last_url_key > ${after}::uuid`}
      order by last_url_key limit ${rowsNeeded}
    ) part cross join unnest(part.url_keys) as url_key
    ${after === null ? tx.sql`` : tx.sql`where url_key > ${after}::uuid`}
    order by url_key limit ${limit}`;
  return rows.map((row) => row.url_key);
}
