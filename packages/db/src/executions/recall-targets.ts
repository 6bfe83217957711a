import type { Tx } from '../connect/database.js';
import { returnReleasedSitemaps } from '../sitemaps/return-sitemaps.js';

/**
 * Makes everything pending again that the lanes of an execution still have leased, as if it had never been
 * tried. For an end that does not wait for a silent worker; its lanes must be locked, and ended after this.
 */
export async function recallTargets(tx: Tx, executionId: string): Promise<number> {
  const lanes = await tx.sql<{ id: string }[]>`
    select id from execution_lanes where execution_id = ${executionId}`;
  for (const { id } of lanes) await returnReleasedSitemaps(tx, executionId, id);
  const recalled = await tx.sql`
    update crawl_targets set state = 'pending', lane_id = null, lane_epoch = null, attempt = greatest(attempt - 1, 0)
    where execution_id = ${executionId} and state = 'leased'`;
  return recalled.count;
}
