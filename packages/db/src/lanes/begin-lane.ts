import type { Tx } from '../connect/database.js';
import { appendEvent } from '../events/append-event.js';
import { transitionExecution } from '../executions/transition-execution.js';
import { noteResumed } from '../operations/obey-operation.js';
import { mayRunOneMore } from '../quotas/tenant-quotas.js';
import { type LaneTaker, type TakenLane, takeLane } from './take-lane.js';

/**
 * Takes a lane and, with the first one, sets its execution running. Null when the lane is not to be had
 * (see takeLane), or when its tenant has as many executions running as it may.
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
    if (!(await mayRunOneMore(tx, hold.tenantId))) {
      await undoTake(tx, hold);
      return null;
    }
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

/** As if the lane had not been taken: nobody else has seen it yet. */
async function undoTake(tx: Tx, hold: TakenLane['hold']): Promise<void> {
  await tx.sql`
    update execution_lanes
    set status = 'waiting', epoch = epoch - 1, instance_id = null, lease_until = null, heartbeat_at = null, taken_at = null
    where id = ${hold.laneId}`;
}
