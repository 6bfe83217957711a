import type { Tx } from '../connect/database.js';

/**
 * Locks an execution and all its lanes, so that nothing is claimed or committed until the transaction
 * ends. Returns false, without waiting, when another transaction holds any of them: a claim, a commit, a
 * worker taking a lane, or another orchestrator ending the same execution. Not waiting is what makes this
 * free of deadlocks, whatever order the others lock in; the caller comes again.
 */
export async function lockForCompletion(tx: Tx, executionId: string): Promise<boolean> {
  const [execution] = await tx.sql<{ lane_count: number }[]>`
    select lane_count from campaign_executions
    where id = ${executionId} and completed_at is null for no key update skip locked`;
  if (execution === undefined) return false;
  const lanes = await tx.sql`
    select id from execution_lanes where execution_id = ${executionId} for update skip locked`;
  return lanes.length === execution.lane_count;
}

/**
 * Locks the lanes of a queued execution whose row is locked, if no worker has ever taken one or is just
 * taking one; returns whether that is so. Does not wait: a lane that is locked is not untaken for long.
 */
export async function lockUntakenLanes(tx: Tx, executionId: string): Promise<boolean> {
  const lanes = await tx.sql<{ lane_count: number }[]>`
    select execution.lane_count from execution_lanes lane
    join campaign_executions execution on execution.id = lane.execution_id
    where lane.execution_id = ${executionId} and lane.status = 'waiting' and lane.epoch = 0
    for update of lane skip locked`;
  return lanes.length === lanes[0]?.lane_count;
}
