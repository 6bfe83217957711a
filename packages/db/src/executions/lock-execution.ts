import { type ExecutionState, OutriderError } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/** An execution whose row is locked until the transaction ends. */
export interface LockedExecution {
  readonly tenantId: string;
  readonly campaignId: string;
  readonly status: ExecutionState;
}

/** Locks an execution's row, waiting for claims and for whoever changes its state. Throws `not_found`. */
export async function lockExecution(tx: Tx, executionId: string): Promise<LockedExecution> {
  const [locked] = await tx.sql<LockedExecution[]>`
    select tenant_id as "tenantId", campaign_id as "campaignId", status
    from campaign_executions where id = ${executionId} for no key update`;
  if (locked === undefined) throw new OutriderError('not_found', 'There is no such execution.');
  return locked;
}
