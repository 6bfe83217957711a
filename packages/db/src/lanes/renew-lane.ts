import type { ExecutionState, WaitingReason } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import type { LaneHold } from './take-lane.js';

/**
 * Renews a lane's lease and the host permits that live and die with it. Returns the state of the
 * execution, or null when the lane is no longer held: then every fetch must stop, since another
 * worker may own the lane by now.
 */
export async function renewLane(
  tx: Tx,
  hold: LaneHold,
  beat: { leaseMs: number; memoryMb: number; waitingReason: WaitingReason | null; held: number },
): Promise<ExecutionState | null> {
  const [row] = await tx.sql<{ status: ExecutionState }[]>`
    update execution_lanes lane
    set heartbeat_at = now(), lease_until = now() + ${beat.leaseMs} * interval '1 millisecond',
        memory_peak_mb = greatest(lane.memory_peak_mb, ${beat.memoryMb}), waiting_reason = ${beat.waitingReason},
        held = ${beat.held}
    from campaign_executions execution
    where lane.id = ${hold.laneId} and lane.epoch = ${hold.epoch} and lane.status = 'active'
      and lane.lease_until > now() and execution.id = lane.execution_id
    returning execution.status`;
  if (row === undefined) return null;
  await tx.sql`
    update host_permits set lease_until = now() + ${beat.leaseMs} * interval '1 millisecond'
    where lane_id = ${hold.laneId} and lane_epoch = ${hold.epoch}`;
  return row.status;
}

/** Whether the orchestrator ended the lane with its execution. False for a lane that is gone altogether. */
export async function isLaneFinished(tx: Tx, laneId: string): Promise<boolean> {
  const [row] = await tx.sql<{ status: string }[]>`select status from execution_lanes where id = ${laneId}`;
  return row?.status === 'finished';
}
