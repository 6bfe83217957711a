import type { SkipReason } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { toStorableText } from '../connect/storable-text.js';
import { skipPendingSitemaps } from '../sitemaps/return-sitemaps.js';

/**
 * Settles every pending target of an execution as skipped, in the frontier and in the discovery log, and
 * returns how many there were; sitemaps that were not read are skipped with them. The targets are counted on the first lane, so that the lanes' counters go on
 * adding up to the ledger. The execution and its lanes must be locked (see `lockForCompletion`).
 */
export async function settlePending(
  tx: Tx,
  executionId: string,
  skip: { readonly reason: SkipReason; readonly rule: string },
): Promise<number> {
  await skipPendingSitemaps(tx, executionId, skip);
  const settled = await tx.sql`
    with settled as (
      update crawl_targets set state = 'skipped', settled_at = clock_timestamp()
      where execution_id = ${executionId} and state = 'pending'
      returning url_key
    )
    update url_discovery_log log set should_crawl = false, skip_reason = ${skip.reason}, skip_rule = ${toStorableText(skip.rule)}
    from settled
    where log.execution_id = ${executionId} and log.url_hash = settled.url_key`;
  if (settled.count === 0) return 0;
  await tx.sql`
    update execution_lanes set skipped = skipped + ${settled.count}
    where id = (select id from execution_lanes where execution_id = ${executionId} order by lane_number limit 1)`;
  return settled.count;
}
