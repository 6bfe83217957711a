import type { DiscoveredUrl, DiscoveryMethod, SkipReason, TargetState } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { type DiscoveredRow, discoveredColumns, toDiscoveredUrl } from './discovered-row.js';

/** Which URLs of the discovery log to list. */
export interface DiscoveredFilter {
  readonly executionId: string;
  readonly limit: number;
  readonly after: Place | null;
  readonly shouldCrawl?: boolean | undefined;
  readonly skipReason?: SkipReason | undefined;
  readonly state?: TargetState | undefined;
  readonly discoveryMethod?: DiscoveryMethod | undefined;
  readonly isInternal?: boolean | undefined;
  readonly host?: string | undefined;
  readonly urlContains?: string | undefined;
  /** Discovered at or after, and before (ISO 8601). */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** Every distinct URL of an execution with the decision on it, in the order of their keys. */
export async function listDiscoveredUrls(tx: Tx, filter: DiscoveredFilter): Promise<Slice<DiscoveredUrl>> {
  const { limit, after } = filter;
  const rows = await tx.sql<DiscoveredRow[]>`
    select ${discoveredColumns(tx)}
    from url_discovery_log log
    left join crawl_targets target on target.execution_id = log.execution_id and target.url_key = log.url_hash
    where log.execution_id = ${filter.executionId}
      ${after === null ? tx.sql`` : tx.sql`and log.url_hash > ${after[0] ?? ''}::uuid`}
      ${conditions(tx, filter)}
    order by log.url_hash limit ${limit + 1}`;
  return sliceOf(rows, limit, toDiscoveredUrl, (row) => [row.url_hash]);
}

/** What has a reason to be skipped is not to be crawled; saying both lets the partial index of the skipped serve. */
function conditions(tx: Tx, filter: DiscoveredFilter) {
  const { shouldCrawl, skipReason, state, discoveryMethod, isInternal, host, urlContains } = filter;
  const { since, until } = filter;
  return tx.sql`
    ${shouldCrawl === undefined ? tx.sql`` : tx.sql`and log.should_crawl = ${shouldCrawl}`}
    ${skipReason === undefined ? tx.sql`` : tx.sql`and not log.should_crawl and log.skip_reason = ${skipReason}`}
    ${state === undefined ? tx.sql`` : tx.sql`and target.state = ${state}`}
    ${discoveryMethod === undefined ? tx.sql`` : tx.sql`and log.discovery_method = ${discoveryMethod}`}
    ${isInternal === undefined ? tx.sql`` : tx.sql`and log.is_internal = ${isInternal}`}
    ${host === undefined ? tx.sql`` : tx.sql`and log.host = ${host}`}
    ${urlContains === undefined ? tx.sql`` : tx.sql`and strpos(lower(log.discovered_url), lower(${urlContains})) > 0`}
    ${since === undefined ? tx.sql`` : tx.sql`and log.discovered_at >= ${since}::timestamptz`}
    ${until === undefined ? tx.sql`` : tx.sql`and log.discovered_at < ${until}::timestamptz`}`;
}
