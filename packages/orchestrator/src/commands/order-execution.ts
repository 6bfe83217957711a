import {
  findLastExecution,
  listLiveExecutions,
  lockExecution,
  lockExecutions,
  lockUntakenLanes,
  openOperation,
  readExecution,
  type Tx,
  transitionExecution,
} from '@outrider/db';
import { type Execution, type OperationCause, type OperationKind, OutriderError } from '@outrider/shared';
import { endExecution } from '../completion/end-execution.js';
import type { CommandDeps } from './command-deps.js';
import { decideOrder, type OrderDecision, type OrderStanding } from './decide-order.js';

/** Which executions are meant: the one named, or all of a campaign that have not ended. */
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

/**
 * Asks something of an execution, or of every execution of a campaign that goes on, in a transaction of its own. Returns
 * those that it reached as they stand then, youngest first. Executions of a campaign that cannot do it (one that is
 * ending already, one that was never paused) are passed over; it is refused only when none can.
 */
export async function orderExecutions(
  deps: OrderDeps,
  request: OrderRequest,
  order: { readonly kind: OperationKind; readonly graceMs: number },
): Promise<readonly [Execution, ...Execution[]]> {
  const { by, reason = null } = request;
  return deps.database.withTenant(request.tenantId, async (tx) => {
    const subjects = await findSubjects(tx, request);
    const { reached, refusal } = await giveOrders(tx, deps, subjects, {
      ...order,
      by,
      reason,
      cause: 'request',
    });
    const [first, ...rest] = reached;
    if (first === undefined) throw refusal ?? noneGoesOn();
    const others: Execution[] = [];
    for (const executionId of rest) others.push(await readExecution(tx, executionId));
    return [await readExecution(tx, first), ...others];
  });
}

/**
 * Asks something of an execution: notes the operation, which its workers obey, and moves the execution. One
 * that no worker has touched comes to its end at once. Throws `not_found` and `illegal_transition`.
 */
export async function giveOrder(
  tx: Tx,
  deps: Omit<OrderDeps, 'database'>,
  { executionId, ...order }: Order,
): Promise<void> {
  const { reached, refusal } = await giveOrders(tx, deps, [executionId], order);
  if (reached.length === 0) throw refusal ?? noneGoesOn();
}

/** What became of an order to several: those that obey, and else why the first of the others does not. */
export interface GivenOrders {
  readonly reached: readonly string[];
  readonly refusal: OutriderError | null;
}

/**
 * Asks the same of several executions of a campaign, youngest first, and passes over those that cannot do it. Throws
 * `not_found`.
 */
export async function giveOrders(
  tx: Tx,
  deps: Omit<OrderDeps, 'database'>,
  executionIds: readonly string[],
  order: Omit<Order, 'executionId'>,
): Promise<GivenOrders> {
  // The locks come first, so that what is decided here is still true when it is written.
  const standings = await lockExecutions(tx, executionIds);
  const reached: string[] = [];
  let refusal: OutriderError | null = null;
  for (const [index, executionId] of executionIds.entries()) {
    const standing = standings[index];
    if (standing === undefined) continue;
    const decision = decideOrRefuse(order.kind, standing);
    if (decision instanceof OutriderError) {
      refusal ??= decision;
      continue;
    }
    await carryOut(tx, deps, { ...order, executionId }, { standing, decision });
    reached.push(executionId);
  }
  return { reached, refusal };
}

function decideOrRefuse(kind: OperationKind, standing: OrderStanding): OrderDecision | OutriderError {
  try {
    return decideOrder(kind, standing);
  } catch (error) {
    if (error instanceof OutriderError && error.code === 'illegal_transition') return error;
    throw error;
  }
}

async function carryOut(
  tx: Tx,
  deps: Omit<OrderDeps, 'database'>,
  order: Order,
  { standing, decision }: { readonly standing: OrderStanding; readonly decision: OrderDecision },
): Promise<void> {
  if (decision.kind === 'repeated') return;
  const { executionId, by, kind } = order;
  const isUntouched =
    standing.status === 'queued' && isEnding(kind) && (await lockUntakenLanes(tx, executionId));
  await openOperation(tx, { ...order, askedBy: by });
  if (isUntouched && isEnding(kind)) {
    await endExecution(tx, deps, executionId, { ...UNTOUCHED_END[kind], by });
  } else if (decision.kind === 'moved') {
    await transitionExecution(tx, { executionId, to: decision.to, by });
  }
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

/** The campaign's executions that have not ended; else its last one, for an order that was given before. */
async function findSubjects(tx: Tx, subject: OrderSubject): Promise<readonly string[]> {
  if ('executionId' in subject) return [subject.executionId];
  const live = await listLiveExecutions(tx, subject.campaignId);
  if (live.length > 0) return live;
  const last = await findLastExecution(tx, subject.campaignId);
  const isOver = last === null || !(await wasEndedOnRequest(tx, last));
  if (isOver) throw noneGoesOn();
  return [last];
}

async function wasEndedOnRequest(tx: Tx, executionId: string): Promise<boolean> {
  const { status, desired } = await lockExecution(tx, executionId);
  return (status === 'stopped' && desired === 'stop') || (status === 'cancelled' && desired === 'cancel');
}

function noneGoesOn(): OutriderError {
  return new OutriderError('no_running_execution', 'All of them have ended, or there was none.');
}
