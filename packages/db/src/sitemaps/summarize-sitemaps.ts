import type { SitemapTotals } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/**
 * What the sitemaps of an execution came to, for its report; null when it has none. Reads every internal URL of
 * the execution once: some seconds at a million.
 */
export async function summarizeSitemaps(tx: Tx, executionId: string): Promise<SitemapTotals | null> {
  const [files] = await tx.sql<{ files: number; failed: number }[]>`
    select count(*)::int as files, (count(*) filter (where state = 'failed'))::int as failed
    from execution_sitemaps where execution_id = ${executionId}`;
  if (files === undefined || files.files === 0) return null;
  const [urls] = await tx.sql<Omit<SitemapTotals, 'files' | 'filesFailed'>[]>`
    with named as materialized (
      select distinct url_key from sitemap_urls where execution_id = ${executionId}
    ), linked as materialized (${linkedKeys(tx, executionId)})
    select (count(*) filter (where named.url_key is not null))::float8 as "urlsInSitemaps",
      (count(*) filter (where linked.url_key is not null))::float8 as "urlsLinked",
      (count(*) filter (where linked.url_key is null))::float8 as "inSitemapNotLinked",
      (count(*) filter (where named.url_key is null))::float8 as "linkedNotInSitemap"
    from named full join linked using (url_key)
    join url_discovery_log log
      on log.execution_id = ${executionId} and log.url_hash = coalesce(named.url_key, linked.url_key) and log.is_internal`;
  if (urls === undefined) return null;
  return { files: files.files, filesFailed: files.failed, ...urls };
}

/** Keys that a page other than themselves names, from the pages' own rows. */
function linkedKeys(tx: Tx, executionId: string) {
  return tx.sql`
    select distinct target_key as url_key
    from crawl_links page cross join unnest(page.target_keys) as target_key
    where page.execution_id = ${executionId} and target_key <> page.source_key`;
}
