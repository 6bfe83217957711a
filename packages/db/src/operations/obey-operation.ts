import type { DesiredState } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';

/** What a lane that is to wind down hears. */
export interface LaneOrder {
  readonly desired: DesiredState;
  /** Milliseconds until fetches in flight are to be cut off, below 0 when that time is past; null: not at all. */
  readonly cutInMs: number | null;
  /** False: the lane is another's, or was ended, and nothing it still does can be recorded. */
  readonly isHeld: boolean;
}

interface OrderRow {
  desired: DesiredState;
  cut_in_ms: number | null;
  is_held: boolean;
}

/**
 * Reads what is wanted of a lane's execution, and notes that its worker has heard and how many fetches it has
 * in flight. Also for a lane that was ended meanwhile: its worker has heard all the same.
 */
export async function obeyOperation(tx: Tx, hold: LaneHold, inFlight: number): Promise<LaneOrder> {
  const [row] = await tx.sql<OrderRow[]>`
    with standing as (
      select execution.operation_id, execution.desired_state as desired, lane.lane_number,
        (extract(epoch from execution.cut_at - clock_timestamp()) * 1000)::float8 as cut_in_ms,
        lane.status = 'active' as is_held
      from execution_lanes lane join campaign_executions execution on execution.id = lane.execution_id
      where lane.id = ${hold.laneId} and lane.epoch = ${hold.epoch}
    ), noted as (
      insert into operation_lanes (operation_id, lane_id, tenant_id, lane_number, instance_id, acknowledged_at,
        in_flight_then, in_flight, finished_at)
      select operation_id, ${hold.laneId}::uuid, ${hold.tenantId}::uuid, lane_number, ${hold.instanceId}::uuid,
        clock_timestamp(), ${inFlight}::int, ${inFlight}::int, case when not is_held then clock_timestamp() end
      from standing where operation_id is not null and desired <> 'run'
      on conflict (operation_id, lane_id) do update
        set acknowledged_at = coalesce(operation_lanes.acknowledged_at, excluded.acknowledged_at),
          in_flight_then = coalesce(operation_lanes.in_flight_then, excluded.in_flight_then),
          in_flight = case when operation_lanes.finished_at is null then excluded.in_flight else 0 end,
          instance_id = excluded.instance_id
    )
    select desired, cut_in_ms, is_held from standing`;
  if (row === undefined) return { desired: 'run', cutInMs: null, isHeld: false };
  return { desired: row.desired, cutInMs: row.cut_in_ms, isHeld: row.is_held };
}

/** A lane has let go of its execution: for what was asked of it, it has done its part. */
export async function finishLaneOperations(tx: Tx, laneId: string): Promise<void> {
  await tx.sql`
    update operation_lanes lane set finished_at = clock_timestamp(), in_flight = 0
    from execution_operations operation
    where lane.lane_id = ${laneId} and lane.finished_at is null
      and operation.id = lane.operation_id and operation.kind <> 'resume'`;
}

/**
 * A worker has taken a lane of an execution that was resumed, or claims for one that it never let go of: it runs again, which
 * is what was asked. The execution's row must be locked.
 */
export async function noteResumed(tx: Tx, hold: LaneHold): Promise<void> {
  await tx.sql`
    with taken as (
      update operation_lanes lane
      set acknowledged_at = clock_timestamp(), finished_at = clock_timestamp(), instance_id = ${hold.instanceId}
      from execution_operations operation
      where lane.lane_id = ${hold.laneId} and lane.finished_at is null
        and operation.id = lane.operation_id and operation.kind = 'resume'
      returning lane.operation_id
    )
    update execution_operations operation set state = 'done', done_at = clock_timestamp()
    from taken where operation.id = taken.operation_id and operation.state = 'running'`;
}
