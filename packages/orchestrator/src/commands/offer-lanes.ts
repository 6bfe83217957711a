import { markLanesOffered } from '@outrider/db';
import type { LaneJob } from '@outrider/shared';
import type { CommandDeps } from './command-deps.js';

/** The epoch of a lane's first taker. */
export const FIRST_EPOCH = 1;

/**
 * Offers the lanes of an execution just queued or resumed, and notes that it did. Never throws: what is not offered
 * or not noted here, the reconciler offers within seconds.
 */
export async function offerLanes(
  { database, laneQueue, logger }: Pick<CommandDeps, 'database' | 'laneQueue' | 'logger'>,
  tenantId: string,
  lanes: readonly LaneJob[],
): Promise<void> {
  const laneIds = lanes.map(({ laneId }) => laneId);
  try {
    for (const lane of lanes) await laneQueue.offer(lane);
    await database.withTenant(tenantId, (tx) => markLanesOffered(tx, laneIds));
  } catch (error) {
    logger.warn({ err: error, laneIds }, 'lanes could not be offered; the reconciler will offer them');
  }
}
