import type { Tx } from '../connect/database.js';
import type { LaneHold } from './take-lane.js';

export interface Standby {
  /** How long an execution is left to the first worker of a machine, in milliseconds from its start. */
  readonly standbyMs: number;
  /** The lease of lanes, in milliseconds: one that was not heard of for half of it counts as gone. */
  readonly leaseMs: number;
}

/**
 * For how many milliseconds a lane should leave its execution to another worker of its machine; 0 when it should work. Of the
 * lanes that workers of one machine hold, the one held longest always works, and with it every other of its worker: so
 * somebody does, whoever dies or lets go.
 */
export async function readStandby(tx: Tx, hold: LaneHold, { standbyMs, leaseMs }: Standby): Promise<number> {
  const [row] = await tx.sql<{ left_ms: number }[]>`
    select case when first.instance_id = ${hold.instanceId} then 0
      else greatest(0, ${standbyMs}::float8 - extract(epoch from clock_timestamp() - execution.started_at)::float8 * 1000) end as left_ms
    from campaign_executions execution
    cross join lateral (
      select lane.instance_id from execution_lanes lane
      join crawler_instances worker on worker.id = lane.instance_id
      join crawler_instances own on own.id = ${hold.instanceId} and own.host = worker.host
      where lane.execution_id = execution.id and lane.status = 'active'
        and (lane.id = ${hold.laneId} or lane.heartbeat_at > clock_timestamp() - ${leaseMs / 2} * interval '1 millisecond')
      order by lane.taken_at, lane.id limit 1
    ) first
    where execution.id = ${hold.executionId}`;
  return row?.left_ms ?? 0;
}
