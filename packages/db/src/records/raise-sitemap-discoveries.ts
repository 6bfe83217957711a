import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';
import type { Discovery } from './settlement.js';

/**
 * Gives URLs that only a sitemap had named the depth of a link that leads to them, and while they wait the
 * priority of that depth: a crawl goes breadth first along the links, and sitemaps add what no link leads to.
 * How they were found stays as it was; the first link decides.
 */
export async function raiseSitemapDiscoveries(
  tx: Tx,
  hold: LaneHold,
  discoveries: readonly Discovery[],
): Promise<void> {
  if (discoveries.length === 0) return;
  const column = <T>(pick: (found: Discovery) => T): T[] => discoveries.map(pick);
  await tx.sql`
    with found as materialized (
      select * from unnest(
        ${column((found) => found.urlKey)}::uuid[],
        ${column((found) => found.depth)}::smallint[],
        ${column((found) => found.priority)}::smallint[]
      ) as f (url_key, depth, priority)
    ), named as materialized (
      select url_hash from url_discovery_log
      where execution_id = ${hold.executionId} and url_hash in (select url_key from found)
        and url_depth is null
      order by url_hash for update
    ), raised as (
      update url_discovery_log log set url_depth = found.depth, priority_score = found.priority
      from found join named on named.url_hash = found.url_key
      where log.execution_id = ${hold.executionId} and log.url_hash = found.url_key
      returning log.url_hash
    ), recorded as (
      update crawl_results result set depth = found.depth
      from found join raised on raised.url_hash = found.url_key
      where result.execution_id = ${hold.executionId} and result.url_key = found.url_key
    )
    update crawl_targets target set depth = found.depth, priority = found.priority
    from found join raised on raised.url_hash = found.url_key
    where target.execution_id = ${hold.executionId} and target.url_key = found.url_key and target.state = 'pending'`;
}
