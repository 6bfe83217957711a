import { type DesiredState, newId, type OperationCause, type OperationKind } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { toStorableText } from '../connect/storable-text.js';
import { appendEvent } from '../events/append-event.js';

/** What is asked of an execution, by whom, and how long its fetches in flight may take. */
export interface NewOperation {
  readonly executionId: string;
  readonly kind: OperationKind;
  readonly cause: OperationCause;
  readonly askedBy: string;
  readonly reason: string | null;
  /** Milliseconds until fetches in flight are cut off. */
  readonly graceMs: number;
}

const DESIRED: Readonly<Record<OperationKind, DesiredState>> = {
  pause: 'pause',
  resume: 'run',
  stop: 'stop',
  cancel: 'cancel',
};

/**
 * Notes an operation, which from now on is what its execution's workers obey, and an event; those before it
 * that are not done are superseded. Returns its id. The execution's row must be locked.
 */
export async function openOperation(tx: Tx, operation: NewOperation): Promise<string> {
  const { executionId, kind, cause, graceMs } = operation;
  const id = newId();
  const askedBy = toStorableText(operation.askedBy);
  const reason = operation.reason === null ? null : toStorableText(operation.reason);
  await supersede(tx, executionId);
  const [about] = await tx.sql<{ tenantId: string; campaignId: string }[]>`
    with ordered as (
      update campaign_executions
      set desired_state = ${DESIRED[kind]}, desired_by = ${reason === null ? askedBy : `${askedBy}: ${reason}`},
        desired_cause = ${cause}, operation_id = ${id},
        cut_at = case when ${kind !== 'resume'} then clock_timestamp() + ${graceMs} * interval '1 millisecond' end
      where id = ${executionId} returning tenant_id, campaign_id
    )
    insert into execution_operations (id, tenant_id, campaign_id, execution_id, kind, cause, asked_by, reason, grace_ms)
    select ${id}::uuid, tenant_id, campaign_id, ${executionId}::uuid, ${kind}, ${cause}, ${askedBy}, ${reason}::text,
      ${graceMs}::int
    from ordered
    returning tenant_id as "tenantId", campaign_id as "campaignId"`;
  if (about === undefined) throw new Error(`execution ${executionId} vanished while it was locked`);
  // A resume is heard by whoever takes a lane, or claims for one that never heard of the pause; anything else by those
  // that hold one.
  await tx.sql`
    insert into operation_lanes (operation_id, lane_id, tenant_id, lane_number, instance_id)
    select ${id}, id, tenant_id, lane_number, case when status = 'active' then instance_id end
    from execution_lanes
    where execution_id = ${executionId} and (status = 'active' or status = 'waiting' and ${kind === 'resume'})`;
  if (kind === 'resume') await forgiveErrors(tx, executionId);
  await appendEvent(tx, {
    ...about,
    executionId,
    type: 'execution.ordered',
    payload: { operationId: id, kind, cause, by: askedBy, reason },
  });
  return id;
}

async function supersede(tx: Tx, executionId: string): Promise<void> {
  await tx.sql`
    update execution_operations set state = 'superseded', done_at = clock_timestamp()
    where execution_id = ${executionId} and state = 'running'`;
}

/** Who resumes has seen the errors so far: the limit on their share counts anew. */
async function forgiveErrors(tx: Tx, executionId: string): Promise<void> {
  await tx.sql`
    update campaign_executions set rate_base_pages = counted.pages, rate_base_errors = counted.errors
    from (
      select coalesce(sum(fetched + failed), 0) as pages, coalesce(sum(errors), 0) as errors
      from execution_lanes where execution_id = ${executionId}
    ) counted
    where id = ${executionId}`;
}
