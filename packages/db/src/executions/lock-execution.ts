import { type DesiredState, type ExecutionState, OutriderError } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/** An execution whose row is locked until the transaction ends. */
export interface LockedExecution {
  readonly tenantId: string;
  readonly campaignId: string;
  readonly status: ExecutionState;
  readonly desired: DesiredState;
  /** Whether a worker has ever begun it. */
  readonly wasStarted: boolean;
  /** Whether an operation was ever asked of it. */
  readonly wasOrdered: boolean;
}

/** Locks an execution's row, waiting for claims and for whoever changes its state. Throws `not_found`. */
export async function lockExecution(tx: Tx, executionId: string): Promise<LockedExecution> {
  const [locked] = await tx.sql<LockedExecution[]>`
    select tenant_id as "tenantId", campaign_id as "campaignId", status, desired_state as desired,
      started_at is not null as "wasStarted", operation_id is not null as "wasOrdered"
    from campaign_executions where id = ${executionId} for no key update`;
  if (locked === undefined) throw new OutriderError('not_found', 'There is no such execution.');
  return locked;
}

/**
 * Locks several executions of a campaign, in the order given, which is youngest first everywhere. To be called before the
 * first event is written: that keeps the campaign's event numbers until the commit, and who waits for them may hold the
 * next execution. Throws `not_found`.
 */
export async function lockExecutions(tx: Tx, executionIds: readonly string[]): Promise<LockedExecution[]> {
  const locked: LockedExecution[] = [];
  for (const executionId of executionIds) locked.push(await lockExecution(tx, executionId));
  return locked;
}
