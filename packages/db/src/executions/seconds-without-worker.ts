import type { Tx } from '../connect/database.js';

/**
 * An expression on a row of `campaign_executions execution` that has started: the seconds for which no worker has had any of
 * its lanes, up to now, since the last of them was given back or its last pause ended. 0 while a worker has one. Of
 * a lane that was taken just now it counts the time before that.
 *
 * A lane was given back if it waits, or waited when it was finished: since after it was last taken.
 */
export function secondsWithoutWorker(tx: Tx, takenJustNow?: string) {
  const { sql } = tx;
  return sql`coalesce((
    select greatest(0, extract(epoch from clock_timestamp() - greatest(max(lane.waiting_since), execution.started_at, execution.resumed_at)))
    from execution_lanes lane where lane.execution_id = execution.id
    having bool_and(
      ${takenJustNow === undefined ? sql`false` : sql`lane.id = ${takenJustNow}`}
      or (lane.status <> 'active' and (lane.taken_at is null or lane.waiting_since >= lane.taken_at)))
  ), 0)::float8`;
}

/** Notes that the time without a worker is over, for an execution that runs and whose first lane was taken just now. Its row must be locked. */
export async function endWait(tx: Tx, taken: { executionId: string; laneId: string }): Promise<void> {
  await tx.sql`
    update campaign_executions execution set waited_seconds = waited_seconds + ${secondsWithoutWorker(tx, taken.laneId)}
    where id = ${taken.executionId} and started_at is not null and ${secondsWithoutWorker(tx, taken.laneId)} > 0`;
}
