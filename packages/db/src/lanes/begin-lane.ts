import type { Tx } from '../connect/database.js';
import { appendEvent } from '../events/append-event.js';
import { transitionExecution } from '../executions/transition-execution.js';
import { noteResumed } from '../operations/obey-operation.js';
import { type LaneTaker, type TakenLane, takeLane } from './take-lane.js';

/**
 * Takes a lane and, with the first one, sets its execution running. Null when the lane is not to be had;
 * see takeLane.
 */
export async function beginLane(
  tx: Tx,
  offer: { laneId: string; epoch: number },
  taker: LaneTaker,
): Promise<TakenLane | null> {
  const taken = await takeLane(tx, offer, taker);
  if (taken === null) return null;
  const { hold } = taken;
  if (taken.executionStatus === 'queued') {
    await transitionExecution(tx, {
      executionId: hold.executionId,
      to: 'running',
      by: `worker ${hold.instanceId}`,
    });
  }
  await noteResumed(tx, hold);
  await appendEvent(tx, {
    tenantId: hold.tenantId,
    campaignId: hold.campaignId,
    executionId: hold.executionId,
    type: 'lane.leased',
    payload: { laneId: hold.laneId, instanceId: hold.instanceId, epoch: hold.epoch },
  });
  return taken;
}
