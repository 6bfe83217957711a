import {
  findLastExecution,
  findLiveExecution,
  lockExecution,
  lockUntakenLanes,
  openOperation,
  readExecution,
  type Tx,
  transitionExecution,
} from '@outrider/db';
import { type Execution, type OperationCause, type OperationKind, OutriderError } from '@outrider/shared';
import { endExecution } from '../completion/end-execution.js';
import type { CommandDeps } from './command-deps.js';
import { decideOrder, type OrderDecision } from './decide-order.js';

/** Which execution is meant: the one named, or the one of a campaign that has not ended. */
export type OrderSubject = { readonly executionId: string } | { readonly campaignId: string };

/** Who asks for it, and why. */
export type OrderRequest = OrderSubject & {
  readonly tenantId: string;
  /** Shown in the history. */
  readonly by: string;
  readonly reason?: string | null;
};

/** What is asked of one execution. */
export interface Order {
  readonly executionId: string;
  readonly kind: OperationKind;
  readonly cause: OperationCause;
  readonly by: string;
  readonly reason: string | null;
  /** Milliseconds that fetches in flight may take to finish. */
  readonly graceMs: number;
}

type OrderDeps = Pick<CommandDeps, 'database' | 'crashAt' | 'logger'>;

/** Asks something of an execution in a transaction of its own; returns it as it stands then. */
export async function orderExecution(
  deps: OrderDeps,
  request: OrderRequest,
  order: { readonly kind: OperationKind; readonly graceMs: number },
): Promise<Execution> {
  const { by, reason = null } = request;
  return deps.database.withTenant(request.tenantId, async (tx) => {
    const executionId = await findSubject(tx, request);
    await giveOrder(tx, deps, { ...order, executionId, by, reason, cause: 'request' });
    return readExecution(tx, executionId);
  });
}

/**
 * Asks something of an execution: notes the operation, which its workers obey, and moves the execution. One
 * that no worker has touched comes to its end at once. Throws `not_found` and `illegal_transition`.
 */
export async function giveOrder(
  tx: Tx,
  deps: Omit<OrderDeps, 'database'>,
  order: Order,
): Promise<OrderDecision> {
  const { executionId, by, kind } = order;
  // The lock comes first, so that what is decided here is still true when it is written.
  const standing = await lockExecution(tx, executionId);
  const decision = decideOrder(kind, standing);
  if (decision.kind === 'repeated') return decision;
  const isUntouched =
    standing.status === 'queued' && isEnding(kind) && (await lockUntakenLanes(tx, executionId));
  await openOperation(tx, { ...order, askedBy: by });
  if (isUntouched && isEnding(kind)) {
    await endExecution(tx, deps, executionId, { ...UNTOUCHED_END[kind], by });
  } else if (decision.kind === 'moved') {
    await transitionExecution(tx, { executionId, to: decision.to, by });
  }
  return decision;
}

const UNTOUCHED_END = {
  stop: {
    to: 'stopped',
    endReason: 'stopped_by_user',
    settle: { reason: 'stopped', rule: 'the execution was stopped' },
  },
  cancel: {
    to: 'cancelled',
    endReason: 'cancelled_by_user',
    settle: { reason: 'cancelled', rule: 'the execution was cancelled' },
  },
} as const;

function isEnding(kind: OperationKind): kind is keyof typeof UNTOUCHED_END {
  return kind === 'stop' || kind === 'cancel';
}

/** The campaign's execution that has not ended; else its last one, for an order that was given before. */
async function findSubject(tx: Tx, subject: OrderSubject): Promise<string> {
  if ('executionId' in subject) return subject.executionId;
  const live = await findLiveExecution(tx, subject.campaignId);
  if (live !== null) return live;
  const last = await findLastExecution(tx, subject.campaignId);
  const isOver = last === null || !(await wasEndedOnRequest(tx, last));
  if (isOver) throw new OutriderError('no_running_execution', 'None of its executions is going on.');
  return last;
}

async function wasEndedOnRequest(tx: Tx, executionId: string): Promise<boolean> {
  const { status, desired } = await lockExecution(tx, executionId);
  return (status === 'stopped' && desired === 'stop') || (status === 'cancelled' && desired === 'cancel');
}
