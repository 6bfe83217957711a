import type { LaneJob } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/** A lane that wants a worker and should be offered on the queue. */
export interface LaneOffer {
  readonly laneId: string;
  readonly tenantId: string;
  readonly campaignId: string;
  readonly executionId: string;
  /** The epoch its taker will have. */
  readonly epoch: number;
  /** Whether it should have been offered, or taken, before: its first offer, or the job, may be lost. */
  readonly overdue: boolean;
}

/** A start offers its lanes itself, right after its commit; only then does the reconciler step in. Milliseconds. */
const START_GRACE_MS = 1_000;

/**
 * Picks lanes of live executions that wait and were not offered within the last `reofferAfterMs`, marks
 * them as offered now and returns them, oldest first. Several orchestrators at once pick different ones.
 * They are marked first, so an offer that then fails is made again after `reofferAfterMs`.
 */
export async function pickDueLanes(
  tx: Tx,
  { reofferAfterMs, limit }: { readonly reofferAfterMs: number; readonly limit: number },
): Promise<LaneOffer[]> {
  return tx.sql<LaneOffer[]>`
    with due as (
      select lane.id, lane.dispatched_at is not null or lane.epoch = 0 as overdue
      from execution_lanes lane
      join campaign_executions execution on execution.id = lane.execution_id
      where lane.status = 'waiting' and execution.completed_at is null and execution.status in ('queued', 'running')
        and case
          when lane.dispatched_at is not null then
            lane.dispatched_at < clock_timestamp() - ${reofferAfterMs} * interval '1 millisecond'
          when lane.epoch = 0 then lane.created_at < clock_timestamp() - ${START_GRACE_MS} * interval '1 millisecond'
          else true
        end
      order by lane.id
      limit ${limit}
      for update of lane skip locked
    )
    update execution_lanes lane set dispatched_at = clock_timestamp()
    from due where lane.id = due.id
    returning lane.id as "laneId", lane.tenant_id as "tenantId", lane.campaign_id as "campaignId",
      lane.execution_id as "executionId", lane.epoch + 1 as epoch, due.overdue`;
}

/** The lanes of an execution that nobody holds, each with the epoch that its taker will have. */
export async function listWaitingLanes(tx: Tx, executionId: string): Promise<LaneJob[]> {
  return tx.sql<LaneJob[]>`
    select id as "laneId", epoch + 1 as epoch from execution_lanes
    where execution_id = ${executionId} and status = 'waiting' order by lane_number`;
}

/** Notes that lanes were offered on the queue just now. */
export async function markLanesOffered(tx: Tx, laneIds: readonly string[]): Promise<void> {
  await tx.sql`
    update execution_lanes set dispatched_at = clock_timestamp()
    where id = any(${[...laneIds]}::uuid[]) and status = 'waiting'`;
}
