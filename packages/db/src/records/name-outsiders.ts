import { AND_NOFOLLOW } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';
import { foundRows } from './found-rows.js';
import type { Discovery } from './settlement.js';

/** Outside the scope and nothing else: a scope that becomes wider lets it in. */
export function isMereOutsider({ skip, method }: Pick<Discovery, 'skip' | 'method'>): boolean {
  return skip?.reason === 'out_of_scope' && method !== 'redirect' && !skip.rule.includes(AND_NOFOLLOW);
}

/** Holds for lines of `url_discovery_log log` of URLs that so far only a nofollow link or a redirect had led out of the scope. */
export function isBarredOutsider(tx: Tx) {
  return tx.sql`(log.skip_reason = 'out_of_scope' and (log.discovery_method = 'redirect' or log.skip_rule like ${`%${AND_NOFOLLOW}%`}))`;
}

/**
 * Notes for URLs outside the scope, which so far only a nofollow link or a redirect had led to, that a link that may be
 * followed or a sitemap names them as well: when the scope becomes wider they are judged by that one (see
 * `listOutsiders`). Which URLs are in and which out stays as it is. Their lines of the log must be there (one that is
 * missing would come into being uncounted) and be locked (see lockLog); they are inserted again, which their keys turn into a
 * change, for the reason that markSkipped has.
 */
export async function nameOutsiders(
  tx: Tx,
  hold: LaneHold,
  discoveries: readonly Discovery[],
): Promise<void> {
  if (discoveries.length === 0) return;
  await tx.sql`
    insert into url_discovery_log as log (execution_id, tenant_id, campaign_id, url_hash, discovered_url, host, source_url,
      discovery_method, url_depth, is_internal, should_crawl, skip_reason, skip_rule)
    select ${hold.executionId}, ${hold.tenantId}, ${hold.campaignId}, url_key, url, host, source_url, method, depth, is_internal, false,
      'out_of_scope', skip_rule
    from ${foundRows(tx, discoveries)}
    on conflict (execution_id, url_hash) do update
    set skip_rule = excluded.skip_rule, source_url = excluded.source_url, discovery_method = excluded.discovery_method,
      url_depth = case when excluded.discovery_method = 'sitemap' then log.url_depth else excluded.url_depth end
    where ${isBarredOutsider(tx)}`;
}
