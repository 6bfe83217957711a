import type { SitemapComparisonUrl, SitemapDifference, TargetState } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type BoundedScan, scanSlice } from '../cursors/bounded-scan.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { isoTimeOrNull } from '../times/iso-time.js';
import { listStoredDifference } from './sitemap-differences.js';

/** Which difference to list. */
export interface ComparisonFilter {
  readonly executionId: string;
  readonly set: SitemapDifference;
  readonly limit: number;
  readonly after: Place | null;
  readonly rowsLookedAt?: number | undefined;
}

interface KeyRow {
  url_key: string;
}

interface ComparisonRow extends KeyRow {
  url: string;
  state: TargetState | null;
  status_code: number | null;
  indexable: boolean | null;
  lastmod: Date | null;
  sitemap_url: string | null;
}

/** How much of the comparison is worked out. */
interface Progress {
  /** Which pages name a URL is known. */
  readonly indexed: boolean;
  /** The differences are stored. */
  readonly stored: boolean;
}

/**
 * The URLs of one difference between sitemaps and links, in the order of their keys. Once the links of an execution are
 * indexed, linked means that another page that was fetched names the URL, by whatever kind of link, and `isFinal` is
 * true. Before, the way by which each URL was found first decides: one that a sitemap or a seed named before a link did
 * may count as not linked. Only URLs within the campaign's sites count. Where nothing is stored a slice may hold fewer
 * than were asked for and yet not be the last, see `scanSlice`.
 */
export async function listSitemapComparison(
  tx: Tx,
  filter: ComparisonFilter,
): Promise<{ slice: Slice<SitemapComparisonUrl>; isFinal: boolean }> {
  const { executionId } = filter;
  const progress = await readProgress(tx, executionId);
  const keys = progress.stored
    ? await storedKeys(tx, filter)
    : await searchKeys(tx, filter, progress.indexed);
  const urls = await describeUrls(tx, executionId, keys.items);
  return { slice: { items: urls, next: keys.next }, isFinal: progress.indexed };
}

async function readProgress(tx: Tx, executionId: string): Promise<Progress> {
  const [row] = await tx.sql<Progress[]>`
    select inlinks_indexed_at is not null as indexed,
      sitemaps_compared_at is not null and exists (select from sitemap_urls where execution_id = ${executionId}) as stored
    from campaign_executions where id = ${executionId}`;
  return row ?? { indexed: false, stored: false };
}

async function storedKeys(
  tx: Tx,
  { executionId, set, limit, after }: ComparisonFilter,
): Promise<Slice<string>> {
  const from = after === null ? null : String(after[0]);
  const keys = await listStoredDifference(tx, { executionId, set, after: from, limit: limit + 1 });
  return sliceOf(
    keys,
    limit,
    (key) => key,
    (key) => [key],
  );
}

/** Each is looked up in two more tables. */
const ROWS_LOOKED_AT = 2_000;

function searchKeys(tx: Tx, filter: ComparisonFilter, isIndexed: boolean): Promise<Slice<string>> {
  const { executionId, set, limit, after, rowsLookedAt = ROWS_LOOKED_AT } = filter;
  const linked = isIndexed ? namedByAnotherPage(tx) : foundByALink(tx);
  const common = {
    columns: tx.sql`log.url_hash as url_key`,
    limit,
    present: (row: KeyRow) => row.url_key,
    placeOf: (row: KeyRow) => [row.url_key],
    rowsLookedAt,
  };
  const scan: BoundedScan<KeyRow, KeyRow, string> =
    set === 'in_sitemap_not_linked'
      ? {
          ...common,
          candidates: tx.sql`
            select distinct url_key from sitemap_urls
            where execution_id = ${executionId} ${after === null ? tx.sql`` : tx.sql`and url_key > ${after[0] ?? ''}::uuid`}
            order by url_key`,
          as: tx.sql`named`,
          joins: tx.sql`
            left join url_discovery_log log on log.execution_id = ${executionId} and log.url_hash = named.url_key`,
          filter: tx.sql`and log.is_internal and not ${linked}`,
          order: tx.sql`named.url_key`,
          place: tx.sql`named.url_key`,
        }
      : {
          ...common,
          candidates: tx.sql`
            select * from url_discovery_log
            where execution_id = ${executionId} ${after === null ? tx.sql`` : tx.sql`and url_hash > ${after[0] ?? ''}::uuid`}
            order by url_hash`,
          as: tx.sql`log`,
          filter: tx.sql`and log.is_internal and ${linked} and not exists (
            select from sitemap_urls named where named.execution_id = log.execution_id and named.url_key = log.url_hash)`,
          order: tx.sql`log.url_hash`,
          place: tx.sql`log.url_hash as url_key`,
        };
  return scanSlice(tx, scan);
}

function namedByAnotherPage(tx: Tx) {
  return tx.sql`exists (
    select from crawl_inlinks link
    where link.execution_id = log.execution_id and link.target_key = log.url_hash
      and (link.last_source_key <> log.url_hash or cardinality(link.source_keys) > 1))`;
}

/** A link to what only a sitemap had named leaves its depth on it, see raiseSitemapDiscoveries. */
function foundByALink(tx: Tx) {
  return tx.sql`(log.discovery_method in ('link', 'redirect', 'canonical')
    or (log.discovery_method = 'sitemap' and log.url_depth is not null))`;
}

async function describeUrls(
  tx: Tx,
  executionId: string,
  keys: readonly string[],
): Promise<SitemapComparisonUrl[]> {
  const rows = await tx.sql<ComparisonRow[]>`
    select log.discovered_url as url, log.url_hash as url_key, target.state, result.status_code, result.indexable,
      named.lastmod, named.sitemap_url
    from unnest(${[...keys]}::uuid[]) with ordinality as wanted (url_key, place)
    join url_discovery_log log on log.execution_id = ${executionId} and log.url_hash = wanted.url_key
    left join crawl_targets target on target.execution_id = ${executionId} and target.url_key = wanted.url_key
    left join crawl_results result on result.execution_id = ${executionId} and result.url_key = wanted.url_key
    left join lateral (
      select max(listed.lastmod) as lastmod, min(file.url) as sitemap_url
      from sitemap_urls listed join execution_sitemaps file on file.id = listed.sitemap_id
      where listed.execution_id = ${executionId} and listed.url_key = wanted.url_key
    ) named on true
    order by wanted.place`;
  return rows.map(toComparisonUrl);
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
