import { type Operation, type OperationKind, OutriderError } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { isoTime, isoTimeOrNull } from '../times/iso-time.js';

interface LaneRow {
  operation_id: string;
  lane_id: string;
  lane_number: number;
  instance_id: string | null;
  acknowledged_at: Date | null;
  in_flight_then: number | null;
  in_flight: number | null;
  finished_at: Date | null;
}

interface OperationRow {
  id: string;
  execution_id: string;
  campaign_id: string;
  kind: Operation['kind'];
  state: Operation['state'];
  cause: Operation['cause'];
  asked_by: string;
  reason: string | null;
  grace_ms: number;
  asked_at: Date;
  done_at: Date | null;
  seconds_taken: number;
}

function selectOperations(tx: Tx) {
  return tx.sql`
    select operation.*,
      extract(epoch from coalesce(operation.done_at, clock_timestamp()) - operation.asked_at)::float8 as seconds_taken
    from execution_operations operation`;
}

/** One operation with what its lanes have said. Throws `not_found`. */
export async function readOperation(tx: Tx, operationId: string): Promise<Operation> {
  const rows = await tx.sql<OperationRow[]>`${selectOperations(tx)} where operation.id = ${operationId}`;
  const [operation] = await withLanes(tx, rows);
  if (operation === undefined) throw new OutriderError('not_found', 'There is no such operation.');
  return operation;
}

/** What was asked of an execution, newest first. */
export async function listOperations(
  tx: Tx,
  filter: { readonly executionId: string; readonly limit: number; readonly after: Place | null },
): Promise<Slice<Operation>> {
  const { executionId, limit, after } = filter;
  const rows = await tx.sql<OperationRow[]>`
    ${selectOperations(tx)}
    where operation.execution_id = ${executionId}
      ${after === null ? tx.sql`` : tx.sql`and operation.id < ${after[0] ?? ''}::uuid`}
    order by operation.id desc limit ${limit + 1}`;
  const operations = await withLanes(tx, rows);
  return sliceOf(
    operations,
    limit,
    (operation) => operation,
    (operation) => [operation.id],
  );
}

/**
 * The executions of a campaign that go by an order of this kind, youngest first: those that have not ended, and those that
 * ended in this transaction, since no worker had touched them. Called after the order, those that it reached.
 */
export async function listOrderedExecutions(
  tx: Tx,
  campaignId: string,
  kind: OperationKind,
): Promise<string[]> {
  const rows = await tx.sql<{ id: string }[]>`
    select execution.id from campaign_executions execution
    join execution_operations operation on operation.id = execution.operation_id
    where execution.campaign_id = ${campaignId} and operation.kind = ${kind}
      and (execution.completed_at is null or execution.completed_at >= transaction_timestamp())
    order by execution.number desc`;
  return rows.map(({ id }) => id);
}

async function withLanes(tx: Tx, rows: readonly OperationRow[]): Promise<Operation[]> {
  const lanes = await tx.sql<LaneRow[]>`
    select * from operation_lanes where operation_id = any(${rows.map(({ id }) => id)}::uuid[]) order by lane_number`;
  return rows.map((row) =>
    toOperation(
      row,
      lanes.filter((lane) => lane.operation_id === row.id),
    ),
  );
}

function toOperation(row: OperationRow, lanes: readonly LaneRow[]): Operation {
  const counted = lanes.flatMap((lane) => lane.in_flight ?? []);
  return {
    id: row.id,
    executionId: row.execution_id,
    campaignId: row.campaign_id,
    kind: row.kind,
    state: row.state,
    cause: row.cause,
    askedBy: row.asked_by,
    reason: row.reason,
    askedAt: isoTime(row.asked_at),
    graceSeconds: row.grace_ms / 1_000,
    doneAt: isoTimeOrNull(row.done_at),
    secondsTaken: row.seconds_taken,
    fetchesInFlight: fetchesInFlight(row, lanes, counted),
    lanes: lanes.map((lane) => ({
      laneId: lane.lane_id,
      laneNumber: lane.lane_number,
      instanceId: lane.instance_id,
      acknowledgedAt: isoTimeOrNull(lane.acknowledged_at),
      inFlightThen: lane.in_flight_then,
      inFlight: lane.in_flight,
      finishedAt: isoTimeOrNull(lane.finished_at),
    })),
  };
}

function fetchesInFlight(
  row: OperationRow,
  lanes: readonly LaneRow[],
  counted: readonly number[],
): number | null {
  if (row.kind === 'resume' || (counted.length === 0 && lanes.length > 0)) return null;
  return counted.reduce((sum, inFlight) => sum + inFlight, 0);
}
