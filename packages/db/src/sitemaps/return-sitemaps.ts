import type { SkipReason } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { toStorableText } from '../connect/storable-text.js';

/** A file that was being read by this many lanes that died is given up: it may be what kills the workers. */
const LEASE_LOSSES_TO_QUARANTINE = 3;

/** Makes the files pending again that a lane gives back, with their attempt undone. */
export async function returnReleasedSitemaps(tx: Tx, executionId: string, laneId: string): Promise<void> {
  await tx.sql`
    update execution_sitemaps
    set state = 'pending', lane_id = null, lane_epoch = null, attempt = greatest(attempt - 1, 0)
    where execution_id = ${executionId} and state = 'reading' and lane_id = ${laneId}`;
}

/** The same for a lane that died; a file that was with too many of them fails. */
export async function returnLostSitemaps(tx: Tx, executionId: string, laneId: string): Promise<void> {
  await tx.sql`
    update execution_sitemaps
    set state = case when poison then 'failed' else 'pending' end, settled_at = case when poison then now() end,
      error_code = case when poison then 'quarantined' end,
      error_message = case when poison
        then ${`It was with ${LEASE_LOSSES_TO_QUARANTINE} workers that died, so it was given up.`} end,
      lease_losses = lease_losses + 1, attempt = greatest(attempt - 1, 0), lane_id = null, lane_epoch = null
    from (
      select id as held_id, lease_losses + 1 >= ${LEASE_LOSSES_TO_QUARANTINE} as poison from execution_sitemaps
      where execution_id = ${executionId} and state = 'reading' and lane_id = ${laneId}
    ) held
    where id = held_id`;
}

/** Settles the files whose turn never came: the execution is over. It and its lanes must be locked. */
export async function skipPendingSitemaps(
  tx: Tx,
  executionId: string,
  skip: { readonly reason: SkipReason; readonly rule: string },
): Promise<void> {
  await tx.sql`
    update execution_sitemaps
    set state = 'skipped', settled_at = clock_timestamp(), error_code = ${skip.reason},
      error_message = ${toStorableText(skip.rule)}
    where execution_id = ${executionId} and state = 'pending'`;
}
