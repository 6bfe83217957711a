import type { ExecutionState, OperationKind } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/**
 * Says of the operations of an execution that has just come to a state which of them are done with that, and
 * at an end which never will be. The execution's row must be locked.
 */
export async function closeOperations(tx: Tx, executionId: string, state: ExecutionState): Promise<void> {
  const fulfilled = fulfilledBy(state);
  if (fulfilled === null) return;
  const { kinds, isEnd } = fulfilled;
  await tx.sql`
    update execution_operations
    set state = case when kind = any(${[...kinds]}::text[]) then 'done' else 'superseded' end, done_at = clock_timestamp()
    where execution_id = ${executionId} and state = 'running' and (${isEnd} or kind = any(${[...kinds]}::text[]))`;
  if (!isEnd) return;
  await tx.sql`
    update operation_lanes lane set finished_at = clock_timestamp(), in_flight = 0
    from execution_operations operation
    where operation.execution_id = ${executionId} and lane.operation_id = operation.id and lane.finished_at is null`;
}

function fulfilledBy(
  state: ExecutionState,
): { readonly kinds: readonly OperationKind[]; readonly isEnd: boolean } | null {
  switch (state) {
    case 'paused':
      return { kinds: ['pause'], isEnd: false };
    case 'stopped':
      return { kinds: ['stop'], isEnd: true };
    case 'cancelled':
      return { kinds: ['cancel'], isEnd: true };
    case 'completed':
    case 'failed':
      return { kinds: [], isEnd: true };
    case 'queued':
    case 'running':
    case 'pausing':
    case 'stopping':
      return null;
  }
}
