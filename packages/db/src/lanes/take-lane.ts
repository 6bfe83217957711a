import type { CampaignConfig, ExecutionState } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { endWait } from '../executions/seconds-without-worker.js';

/** A worker's hold on a lane. `epoch` fences every write made under it. */
export interface LaneHold {
  readonly laneId: string;
  readonly epoch: number;
  readonly instanceId: string;
  readonly tenantId: string;
  readonly campaignId: string;
  readonly executionId: string;
}

/** What a worker needs to know of the execution whose lane it took. */
export interface TakenLane {
  readonly hold: LaneHold;
  readonly config: CampaignConfig;
  readonly executionStatus: ExecutionState;
}

/** Who takes a lane, and what it can do. */
export interface LaneTaker {
  readonly instanceId: string;
  readonly leaseMs: number;
  /** False for a worker without a browser, which takes no lane that needs one. */
  readonly canRender?: boolean;
}

/**
 * Takes a lane for the epoch that was offered. Only the first taker of an epoch gets it: the offer
 * delivered twice, late, or for an execution that has ended returns null. The lease runs on the
 * database's clock for `leaseMs`.
 */
export async function takeLane(
  tx: Tx,
  offer: { laneId: string; epoch: number },
  taker: LaneTaker,
): Promise<TakenLane | null> {
  const { canRender = true } = taker;
  // The execution first, as everything locks them: so it is not paused or stopped while its lane is taken.
  await tx.sql`
    select 1 from campaign_executions
    where id = (select execution_id from execution_lanes where id = ${offer.laneId}) for no key update`;
  const [row] = await tx.sql<
    {
      tenant_id: string;
      campaign_id: string;
      execution_id: string;
      config: CampaignConfig;
      status: ExecutionState;
    }[]
  >`
    update execution_lanes lane
    set status = 'active', epoch = ${offer.epoch}, instance_id = ${taker.instanceId}, heartbeat_at = now(),
        lease_until = clock_timestamp() + ${taker.leaseMs} * interval '1 millisecond', in_flight = 0, last_batch = 0, waiting_reason = null,
        held = null, taken_at = clock_timestamp(), yield_requested_at = null, passed_at = null
    from campaign_executions execution
    where lane.id = ${offer.laneId} and lane.epoch = ${offer.epoch - 1} and lane.status = 'waiting'
      and execution.id = lane.execution_id and execution.status in ('queued', 'running')
      and (execution.config->>'renderer' = 'browser' and not ${canRender}) is not true
    returning lane.tenant_id, lane.campaign_id, lane.execution_id, execution.config, execution.status`;
  if (row === undefined) return null;
  if (row.status === 'running') await endWait(tx, { executionId: row.execution_id, laneId: offer.laneId });
  return {
    hold: {
      laneId: offer.laneId,
      epoch: offer.epoch,
      instanceId: taker.instanceId,
      tenantId: row.tenant_id,
      campaignId: row.campaign_id,
      executionId: row.execution_id,
    },
    config: row.config,
    executionStatus: row.status,
  };
}
