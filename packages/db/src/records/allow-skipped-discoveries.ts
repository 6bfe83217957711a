import type { SkipReason } from '@outrider/shared';
import { columnLiteral } from '../connect/array-literal.js';
import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';
import { foundRows } from './found-rows.js';
import type { Discovery } from './settlement.js';

/**
 * Reasons that lie in the way to a URL and not in the URL: another link may be followed, come from a
 * shallower page, need fewer redirects, or be seen once the scope is wider; a sitemap may name it later; a
 * seed that is on the list may redirect to it.
 */
export const REASONS_OF_THE_WAY: readonly SkipReason[] = [
  'nofollow',
  'depth_limit',
  'redirect_limit',
  'out_of_scope',
  'not_in_sitemap',
  'not_in_list',
];

/**
 * Puts URLs on the frontier that the execution had logged as skipped for the way that led to them, and
 * returns how many. Their line in the log names the way that allows them from now on. URLs to be crawled
 * already, or skipped for a reason of their own, stay as they are; but for what a link was refused as a trap,
 * also when it had been on the frontier: where a seed redirects to passes the guards, whoever named it before.
 * Their lines of the log must be there (one that is
 * missing would come into being uncounted) and be locked (see lockLog); they are inserted again, which their keys turn into a
 * change, for the reason that markSkipped has.
 */
export async function allowSkippedDiscoveries(
  tx: Tx,
  hold: LaneHold,
  discoveries: readonly Discovery[],
): Promise<number> {
  if (discoveries.length === 0) return 0;
  const seeds = columnLiteral(
    discoveries.filter(({ isSeed }) => isSeed),
    (found) => found.urlKey,
  );
  const [counts] = await tx.sql<{ allowed: number }[]>`
    with found as materialized (
      select * from ${foundRows(tx, discoveries)}
    ), allowed as (
      insert into url_discovery_log as log (execution_id, tenant_id, campaign_id, url_hash, discovered_url, host, source_url,
        discovery_method, url_depth, is_internal, should_crawl, priority_score)
      select ${hold.executionId}, ${hold.tenantId}, ${hold.campaignId}, url_key, url, host, source_url, method, depth, is_internal, true, priority
      from found
      on conflict (execution_id, url_hash) do update
      set should_crawl = true, skip_reason = null, skip_rule = null, source_url = excluded.source_url,
        discovery_method = excluded.discovery_method, is_internal = excluded.is_internal, priority_score = excluded.priority_score,
        url_depth = case when excluded.discovery_method = 'sitemap' then log.url_depth else excluded.url_depth end
      where log.skip_reason = any(${[...REASONS_OF_THE_WAY]}::text[]) or (log.skip_reason = 'trap' and log.url_hash = any(${seeds}::uuid[]))
      returning url_hash, url_depth
    ), queued as (
      insert into crawl_targets (execution_id, tenant_id, url_key, url, host, depth, priority, redirect_hops, is_seed)
      select ${hold.executionId}, ${hold.tenantId}, url_key, url, host, coalesce(allowed.url_depth, depth), priority, redirect_hops::jsonb, is_seed
      from found join allowed on allowed.url_hash = found.url_key
      order by url_key
      on conflict (execution_id, url_key) do update
      set state = 'pending', settled_at = null, attempt = 0, depth = excluded.depth, priority = excluded.priority,
        redirect_hops = excluded.redirect_hops, is_seed = excluded.is_seed
      where crawl_targets.state = 'skipped'
    )
    select count(*)::float8 as allowed from allowed`;
  return counts?.allowed ?? 0;
}
