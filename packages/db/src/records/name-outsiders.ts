import { AND_NOFOLLOW } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';
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
 * `listOutsiders`). Which URLs are in and which out stays as it is.
 */
export async function nameOutsiders(
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
        ${column((found) => found.sourceUrl)}::text[],
        ${column((found) => found.method)}::text[],
        ${column((found) => found.depth)}::smallint[],
        ${column((found) => found.skip?.rule ?? null)}::text[]
      ) as f (url_key, source_url, method, depth, skip_rule)
    ), barred as materialized (
      select url_hash from url_discovery_log log
      where execution_id = ${hold.executionId} and url_hash in (select url_key from found) and ${isBarredOutsider(tx)}
      order by url_hash for update
    )
    update url_discovery_log log
    set skip_rule = found.skip_rule, source_url = found.source_url, discovery_method = found.method,
      url_depth = case when found.method = 'sitemap' then log.url_depth else found.depth end
    from found join barred on barred.url_hash = found.url_key
    where log.execution_id = ${hold.executionId} and log.url_hash = found.url_key`;
}
