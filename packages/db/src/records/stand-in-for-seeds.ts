import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';
import { foundRows } from './found-rows.js';
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
    insert into crawl_targets as target (execution_id, tenant_id, url_key, url, host, depth, redirect_hops, is_seed)
    select waiting.execution_id, waiting.tenant_id, waiting.url_key, waiting.url, waiting.host, waiting.depth, found.redirect_hops::jsonb, true
    from ${foundRows(tx, discoveries)} cross join lateral (
      select * from crawl_targets where execution_id = ${hold.executionId} and url_key = found.url_key limit 1
    ) waiting where state = 'pending' and not waiting.is_seed
    order by waiting.url_key
    on conflict (execution_id, url_key) do update set is_seed = true, redirect_hops = excluded.redirect_hops
    where target.state = 'pending' and not target.is_seed`;
}
