import type { SkipReason } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';
import type { Discovery } from './settlement.js';

/**
 * Reasons that lie in the way to a URL and not in the URL: another link may be followed, come from a
 * shallower page, need fewer redirects, or be seen once the scope is wider; a sitemap may name it later.
 */
export const REASONS_OF_THE_WAY: readonly SkipReason[] = [
  'nofollow',
  'depth_limit',
  'redirect_limit',
  'out_of_scope',
  'not_in_sitemap',
];

/**
 * Puts URLs on the frontier that the execution had logged as skipped for the way that led to them, and
 * returns how many. Their line in the log names the way that allows them from now on. URLs to be crawled
 * already, or skipped for a reason of their own, stay as they are.
 */
export async function allowSkippedDiscoveries(
  tx: Tx,
  hold: LaneHold,
  discoveries: readonly Discovery[],
): Promise<number> {
  if (discoveries.length === 0) return 0;
  const column = <T>(pick: (found: Discovery) => T): T[] => discoveries.map(pick);
  const [counts] = await tx.sql<{ allowed: number }[]>`
    with found as materialized (
      select * from unnest(
        ${column((found) => found.urlKey)}::uuid[],
        ${column((found) => found.url)}::text[],
        ${column((found) => found.host)}::text[],
        ${column((found) => found.sourceUrl)}::text[],
        ${column((found) => found.method)}::text[],
        ${column((found) => found.depth)}::smallint[],
        ${column((found) => found.isInternal)}::boolean[],
        ${column((found) => found.priority)}::smallint[],
        ${column((found) => (found.redirectHops.length === 0 ? null : JSON.stringify(found.redirectHops)))}::text[],
        ${column((found) => found.isSeed)}::boolean[]
      ) as f (url_key, url, host, source_url, method, depth, is_internal, priority, redirect_hops, is_seed)
    ), skipped as materialized (
      select url_hash from url_discovery_log
      where execution_id = ${hold.executionId} and url_hash in (select url_key from found)
        and skip_reason = any(${[...REASONS_OF_THE_WAY]}::text[])
      order by url_hash for update
    ), allowed as (
      update url_discovery_log log
      set should_crawl = true, skip_reason = null, skip_rule = null, source_url = found.source_url,
        discovery_method = found.method, url_depth = case when found.method = 'sitemap' then log.url_depth else found.depth end, is_internal = found.is_internal,
        priority_score = found.priority
      from found join skipped on skipped.url_hash = found.url_key
      where log.execution_id = ${hold.executionId} and log.url_hash = found.url_key
      returning log.url_hash, log.url_depth
    ), queued as (
      insert into crawl_targets (execution_id, tenant_id, url_key, url, host, depth, priority, redirect_hops, is_seed)
      select ${hold.executionId}, ${hold.tenantId}, url_key, url, host, coalesce(allowed.url_depth, depth), priority, redirect_hops::jsonb, is_seed
      from found join allowed on allowed.url_hash = found.url_key
      order by url_key
      on conflict (execution_id, url_key) do nothing
    )
    select count(*)::float8 as allowed from allowed`;
  return counts?.allowed ?? 0;
}
