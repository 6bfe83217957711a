import type { Tx } from '../connect/database.js';
import type { LaneHold } from './take-lane.js';

export interface Standby {
  /** How long an execution is left to the first worker of a machine, in milliseconds from its start. */
  readonly standbyMs: number;
  /** The lease of lanes, in milliseconds: one that was not heard of for half of it counts as gone. */
  readonly leaseMs: number;
}

/** Whether a lane should leave its execution to other workers of its machine. */
export interface StandbyTurn {
  /** For how many milliseconds; 0 when it should work. */
  readonly forMs: number;
  /** How many of those workers come before this one. */
  readonly ahead: number;
}

/**
 * Of the workers of one machine that hold lanes of an execution, the one that has held one longest always works: so
 * somebody does, whoever dies or lets go. The others have their turn in the order in which they came.
 */
export async function readStandby(
  tx: Tx,
  hold: LaneHold,
  { standbyMs, leaseMs }: Standby,
): Promise<StandbyTurn> {
  const [row] = await tx.sql<{ ahead: number; left_ms: number }[]>`
    select (beside.place - 1)::int as ahead,
      greatest(0, ${standbyMs}::float8 - extract(epoch from clock_timestamp() - execution.started_at)::float8 * 1000) as left_ms
    from campaign_executions execution
    cross join lateral (
      select lane.instance_id, row_number() over (order by min(lane.taken_at), min(lane.id::text)) as place
      from execution_lanes lane
      join crawler_instances worker on worker.id = lane.instance_id
      join crawler_instances own on own.id = ${hold.instanceId} and own.host = worker.host
      where lane.execution_id = execution.id and lane.status = 'active'
        and (lane.id = ${hold.laneId} or lane.heartbeat_at > clock_timestamp() - ${leaseMs / 2} * interval '1 millisecond')
      group by lane.instance_id
    ) beside
    where execution.id = ${hold.executionId} and beside.instance_id = ${hold.instanceId}`;
  const { ahead = 0, left_ms: leftMs = 0 } = row ?? {};
  return { forMs: ahead === 0 ? 0 : leftMs, ahead };
}
