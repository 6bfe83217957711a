import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';
import type { Discovery } from './settlement.js';

/**
 * Has URLs that wait on the frontier, and to which seeds redirect, stand in for those seeds, as they would had
 * the seed been the first to name them: no guard stops them, and where they redirect to in turn widens the
 * scope. They get the hops that lead there, which tell them from seeds as given.
 */
export async function standInForSeeds(
  tx: Tx,
  hold: LaneHold,
  discoveries: readonly Discovery[],
): Promise<void> {
  if (discoveries.length === 0) return;
  await tx.sql`
    with found as materialized (
      select * from unnest(
        ${discoveries.map((found) => found.urlKey)}::uuid[],
        ${discoveries.map((found) => JSON.stringify(found.redirectHops))}::text[]
      ) as f (url_key, redirect_hops)
    ), waiting as materialized (
      select url_key from crawl_targets
      where execution_id = ${hold.executionId} and url_key in (select url_key from found)
        and state = 'pending' and not is_seed
      order by url_key for update
    )
    update crawl_targets target set is_seed = true, redirect_hops = found.redirect_hops::jsonb
    from found join waiting using (url_key)
    where target.execution_id = ${hold.executionId} and target.url_key = found.url_key`;
}
