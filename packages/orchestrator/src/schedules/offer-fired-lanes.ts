import { markLanesOffered, type Tx } from '@outrider/db';
import { FIRST_EPOCH } from '../commands/offer-lanes.js';
import type { ScheduleDutyDeps } from './schedule-deps.js';

/**
 * Offers the lanes of executions just queued, of one tenant or (with the system role) of any, and notes that it did. Never throws: what is
 * not offered or not noted here, the reconciler offers within seconds.
 */
export async function offerFiredLanes(
  { database, laneQueue, logger }: Pick<ScheduleDutyDeps, 'database' | 'laneQueue' | 'logger'>,
  laneIds: readonly string[],
  tenantId?: string,
): Promise<void> {
  if (laneIds.length === 0) return;
  try {
    await Promise.all(laneIds.map((laneId) => laneQueue.offer({ laneId, epoch: FIRST_EPOCH })));
    const mark = (tx: Tx): Promise<void> => markLanesOffered(tx, laneIds);
    await (tenantId === undefined ? database.withSystem(mark) : database.withTenant(tenantId, mark));
  } catch (error) {
    logger.warn({ err: error, laneIds }, 'lanes could not be offered; the reconciler will offer them');
  }
}
