import type { SitemapComparisonUrl, SitemapDifference, SitemapTotals, TargetState } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { isoTimeOrNull } from '../times/iso-time.js';

/** Which difference to list. */
export interface ComparisonFilter {
  readonly executionId: string;
  readonly set: SitemapDifference;
  readonly limit: number;
  readonly after: Place | null;
}

interface ComparisonRow {
  url: string;
  url_key: string;
  state: TargetState | null;
  status_code: number | null;
  indexable: boolean | null;
  lastmod: Date | null;
  sitemap_url: string | null;
}

/**
 * Linked means that another page that was fetched names the URL, by whatever kind of link; only URLs within the
 * campaign's sites count. After the end of an execution its inlinks are looked up one key at a time; before that
 * the keys that its pages name are gathered once, which takes time with many of them.
 */
function isLinked(tx: Tx, isIndexed: boolean) {
  return isIndexed
    ? tx.sql`exists (
        select from crawl_inlinks link
        where link.execution_id = log.execution_id and link.target_key = log.url_hash
          and (link.last_source_key <> log.url_hash or cardinality(link.source_keys) > 1))`
    : tx.sql`log.url_hash in (select url_key from linked)`;
}

/** Keys that a page other than themselves names, from the pages' own rows. */
function linkedKeys(tx: Tx, executionId: string) {
  return tx.sql`
    select distinct target_key as url_key
    from crawl_links page cross join unnest(page.target_keys) as target_key
    where page.execution_id = ${executionId} and target_key <> page.source_key`;
}

async function areInlinksIndexed(tx: Tx, executionId: string): Promise<boolean> {
  const [row] = await tx.sql<{ indexed: boolean }[]>`
    select inlinks_indexed_at is not null as indexed from campaign_executions where id = ${executionId}`;
  return row?.indexed === true;
}

function isNamed(tx: Tx) {
  return tx.sql`exists (
    select from sitemap_urls named where named.execution_id = log.execution_id and named.url_key = log.url_hash)`;
}

function differenceOf(tx: Tx, set: SitemapDifference, isIndexed: boolean) {
  const linked = isLinked(tx, isIndexed);
  switch (set) {
    case 'in_sitemap_not_linked':
      return tx.sql`${isNamed(tx)} and not ${linked}`;
    case 'linked_not_in_sitemap':
      return tx.sql`${linked} and not ${isNamed(tx)}`;
  }
}

/** The URLs of one difference between sitemaps and links, in the order of their keys. */
export async function listSitemapComparison(
  tx: Tx,
  filter: ComparisonFilter,
): Promise<Slice<SitemapComparisonUrl>> {
  const { executionId, set, limit, after } = filter;
  const isIndexed = await areInlinksIndexed(tx, executionId);
  const rows = await tx.sql<ComparisonRow[]>`
    ${isIndexed ? tx.sql`` : tx.sql`with linked as materialized (${linkedKeys(tx, executionId)})`}
    select log.discovered_url as url, log.url_hash as url_key, target.state, result.status_code, result.indexable,
      named.lastmod, named.sitemap_url
    from (
      select log.execution_id, log.url_hash, log.discovered_url from url_discovery_log log
      where log.execution_id = ${executionId} and log.is_internal
        ${after === null ? tx.sql`` : tx.sql`and log.url_hash > ${after[0] ?? ''}::uuid`}
        and ${differenceOf(tx, set, isIndexed)}
      order by log.url_hash limit ${limit + 1}
    ) log
    left join crawl_targets target on target.execution_id = log.execution_id and target.url_key = log.url_hash
    left join crawl_results result on result.execution_id = log.execution_id and result.url_key = log.url_hash
    left join lateral (
      select max(listed.lastmod) as lastmod, min(file.url) as sitemap_url
      from sitemap_urls listed join execution_sitemaps file on file.id = listed.sitemap_id
      where listed.execution_id = log.execution_id and listed.url_key = log.url_hash
    ) named on true
    order by log.url_hash`;
  return sliceOf(rows, limit, toComparisonUrl, (row) => [row.url_key]);
}

function toComparisonUrl(row: ComparisonRow): SitemapComparisonUrl {
  return {
    url: row.url,
    urlKey: row.url_key,
    state: row.state,
    statusCode: row.status_code,
    indexable: row.indexable,
    lastmod: isoTimeOrNull(row.lastmod),
    sitemapUrl: row.sitemap_url,
  };
}

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
