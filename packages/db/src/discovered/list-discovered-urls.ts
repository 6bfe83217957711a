import type { DiscoveredUrl } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { scanSlice } from '../cursors/bounded-scan.js';
import type { Slice } from '../cursors/slice.js';
import { discoveredCandidates } from './discovered-candidates.js';
import type { DiscoveredFilter } from './discovered-filter.js';
import { type DiscoveredRow, discoveredColumns, toDiscoveredUrl } from './discovered-row.js';

/**
 * Every distinct URL of an execution with the decision on it, in the order of their keys. A slice may hold fewer than
 * were asked for and yet not be the last, see `scanSlice`.
 */
export async function listDiscoveredUrls(tx: Tx, filter: DiscoveredFilter): Promise<Slice<DiscoveredUrl>> {
  return scanSlice<DiscoveredRow, Pick<DiscoveredRow, 'url_hash'>, DiscoveredUrl>(tx, {
    ...(await discoveredCandidates(tx, filter)),
    as: tx.sql`log`,
    columns: discoveredColumns(tx),
    joins: tx.sql`
      left join crawl_targets target on target.execution_id = log.execution_id and target.url_key = log.url_hash`,
    filter: conditions(tx, filter),
    order: tx.sql`log.url_hash`,
    place: tx.sql`log.url_hash`,
    limit: filter.limit,
    present: toDiscoveredUrl,
    placeOf: (row) => [row.url_hash],
    rowsLookedAt: filter.rowsLookedAt,
  });
}

function conditions(tx: Tx, filter: DiscoveredFilter) {
  const { shouldCrawl, skipReason, state, discoveryMethod, isInternal, host, urlContains } = filter;
  const { since, until } = filter;
  return tx.sql`
    ${shouldCrawl === undefined ? tx.sql`` : tx.sql`and log.should_crawl = ${shouldCrawl}`}
    ${skipReason === undefined ? tx.sql`` : tx.sql`and log.skip_reason = ${skipReason}`}
    ${state === undefined ? tx.sql`` : tx.sql`and target.state = ${state}`}
    ${discoveryMethod === undefined ? tx.sql`` : tx.sql`and log.discovery_method = ${discoveryMethod}`}
    ${isInternal === undefined ? tx.sql`` : tx.sql`and log.is_internal = ${isInternal}`}
    ${host === undefined ? tx.sql`` : tx.sql`and log.host = ${host}`}
    ${urlContains === undefined ? tx.sql`` : tx.sql`and strpos(lower(log.discovered_url), lower(${urlContains})) > 0`}
    ${since === undefined ? tx.sql`` : tx.sql`and log.discovered_at >= ${since}::timestamptz`}
    ${until === undefined ? tx.sql`` : tx.sql`and log.discovered_at < ${until}::timestamptz`}`;
}
