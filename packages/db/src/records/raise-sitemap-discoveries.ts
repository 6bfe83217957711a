import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';
import { foundRows } from './found-rows.js';
import type { Discovery } from './settlement.js';

/**
 * Gives URLs that only a sitemap had named the depth of a link that leads to them, and while they wait the
 * priority of that depth: a crawl goes breadth first along the links, and sitemaps add what no link leads to.
 * How they were found stays as it was; the first link decides. Their lines of the log must be there
 * (one that is missing would come into being uncounted) and be locked (see lockLog); they are inserted again, which their keys
 * turn into a change, for the reason that markSkipped has.
 */
export async function raiseSitemapDiscoveries(
  tx: Tx,
  hold: LaneHold,
  discoveries: readonly Discovery[],
): Promise<void> {
  if (discoveries.length === 0) return;
  await tx.sql`
    with raised as (
      insert into url_discovery_log as log (execution_id, tenant_id, campaign_id, url_hash, discovered_url, host, discovery_method,
        url_depth, is_internal, should_crawl, priority_score)
      select ${hold.executionId}, ${hold.tenantId}, ${hold.campaignId}, url_key, url, host, method, depth, is_internal, true, priority
      from ${foundRows(tx, discoveries)}
      on conflict (execution_id, url_hash) do update
      set url_depth = excluded.url_depth, priority_score = excluded.priority_score where log.url_depth is null
      returning url_hash as key, url_depth as depth, priority_score as priority
    ), recorded as (
      insert into crawl_results as result (execution_id, url_key, tenant_id, campaign_id, url, host, depth, status_code, is_html,
        fetched_at, ttfb_ms, total_ms, wire_bytes, indexable, response)
      select execution_id, url_key, tenant_id, campaign_id, url, host, raised.depth, status_code, is_html,
        fetched_at, ttfb_ms, total_ms, wire_bytes, indexable, response
      from raised cross join lateral (
        select * from crawl_results where execution_id = ${hold.executionId} and url_key = raised.key limit 1
      ) fetched
      on conflict (execution_id, url_key) do update set depth = excluded.depth
    )
    insert into crawl_targets as target (execution_id, tenant_id, url_key, url, host, depth, priority)
    select execution_id, tenant_id, url_key, url, host, raised.depth, raised.priority
    from raised cross join lateral (
      -- By its key alone: pending ones are in an index too, and there are as many as wait.
      select * from crawl_targets where execution_id = ${hold.executionId} and url_key = raised.key limit 1
    ) waiting where state = 'pending'
    on conflict (execution_id, url_key) do update set depth = excluded.depth, priority = excluded.priority
    where target.state = 'pending'`;
}
