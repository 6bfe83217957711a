import { markLanesOffered } from '@outrider/db';
import type { CommandDeps } from './command-deps.js';

/** The epoch of a lane's first taker. */
const FIRST_EPOCH = 1;

/**
 * Offers the lanes of an execution just queued, and notes that it did. Never throws: what is not offered
 * or not noted here, the reconciler offers within seconds.
 */
export async function offerLanes(
  { database, laneQueue, logger }: Pick<CommandDeps, 'database' | 'laneQueue' | 'logger'>,
  tenantId: string,
  laneIds: readonly string[],
): Promise<void> {
  try {
    for (const laneId of laneIds) await laneQueue.offer({ laneId, epoch: FIRST_EPOCH });
    await database.withTenant(tenantId, (tx) => markLanesOffered(tx, laneIds));
  } catch (error) {
    logger.warn({ err: error, laneIds }, 'lanes could not be offered; the reconciler will offer them');
  }
}
