import {
  type CoverageTotals,
  canTransition,
  type EndReason,
  type ExecutionState,
  OutriderError,
} from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { appendEvent } from '../events/append-event.js';
import { closeOperations } from '../operations/close-operations.js';
import { type LockedExecution, lockExecution } from './lock-execution.js';
import { secondsWithoutWorker } from './seconds-without-worker.js';

/** The states that an execution never leaves. */
export type EndState = 'completed' | 'failed' | 'stopped' | 'cancelled';

/** A wanted move. An end says why, and where every URL went. `by` names who asked: a key, or a duty. */
export type ExecutionMove =
  | { readonly executionId: string; readonly by: string; readonly to: Exclude<ExecutionState, EndState> }
  | {
      readonly executionId: string;
      readonly by: string;
      readonly to: EndState;
      readonly endReason: EndReason;
      readonly coverage: CoverageTotals;
    };

/**
 * The one place that changes the state of an execution: checks the table of legal moves, sets the
 * timestamps (`started_at` when it first runs, `completed_at` and `duration_seconds` when it ends, by the
 * database's clock), and writes `execution.state_changed` or `execution.ended`, all in the caller's
 * transaction. Returns false, having changed nothing, when the execution is in that state already.
 *
 * Locks: the execution's row, then the event numbers of its campaign. Call it after everything else the
 * transaction locks; a transaction that also locks lanes locks those first.
 *
 * Throws `not_found`, and `illegal_transition` for a move that the table does not have.
 */
export async function transitionExecution(tx: Tx, move: ExecutionMove): Promise<boolean> {
  const current = await lockExecution(tx, move.executionId);
  if (current.status === move.to) return false;
  if (!canTransition(current.status, move.to)) {
    throw new OutriderError(
      'illegal_transition',
      `The execution is ${current.status}; it cannot become ${move.to}.`,
    );
  }
  const ends = 'endReason' in move;
  const leavesRun = isUnderWay(current.status) && !isUnderWay(move.to);
  // Never before started_at, even if the server's clock was set back meanwhile.
  await tx.sql`
    update campaign_executions execution set
      status = ${move.to},
      end_reason = ${ends ? move.endReason : null},
      started_at = case when ${move.to === 'running'} then coalesce(started_at, clock_timestamp()) else started_at end,
      completed_at = case when ${ends} then greatest(moment, started_at) end,
      duration_seconds = case when ${ends} then extract(epoch from greatest(moment, started_at) - started_at)::float8 end,
      paused_at = case when ${move.to === 'paused'} then moment end,
      paused_seconds = paused_seconds + coalesce(extract(epoch from moment - paused_at)::float8, 0),
      resumed_at = case when status = 'paused' then moment else resumed_at end,
      waited_seconds = waited_seconds + case when started_at is not null and ${leavesRun} then ${secondsWithoutWorker(tx)} else 0 end,
      last_progress_at = moment
    from (select clock_timestamp() as moment) as clock
    where id = ${move.executionId}`;
  await closeOperations(tx, move.executionId, move.to);
  await appendMoveEvent(tx, current, move);
  return true;
}

/** Whether time without a worker is waited for nothing: in any other state nothing is to be crawled. */
function isUnderWay(state: ExecutionState): boolean {
  return state === 'running' || state === 'pausing';
}

async function appendMoveEvent(tx: Tx, current: LockedExecution, move: ExecutionMove): Promise<void> {
  const about = {
    tenantId: current.tenantId,
    campaignId: current.campaignId,
    executionId: move.executionId,
  };
  if ('endReason' in move) {
    const { to, endReason, coverage } = move;
    await appendEvent(tx, {
      ...about,
      type: 'execution.ended',
      payload: { from: current.status, to, endReason, coverage },
    });
    return;
  }
  await appendEvent(tx, {
    ...about,
    type: 'execution.state_changed',
    payload: { from: current.status, to: move.to, by: move.by },
  });
}
