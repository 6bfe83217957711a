import {
  type DesiredState,
  type ExecutionState,
  isTerminal,
  type OperationKind,
  OutriderError,
} from '@outrider/shared';

/** How an execution stands when something is asked of it. */
export interface OrderStanding {
  readonly status: ExecutionState;
  readonly desired: DesiredState;
  /** Whether a worker has ever begun it. */
  readonly wasStarted: boolean;
  /** Whether anything was asked of it before. */
  readonly wasOrdered: boolean;
}

export type OrderDecision =
  /** The same was asked before, and holds: nothing changes. */
  | { readonly kind: 'repeated' }
  /** It is noted, and the state stays: what was asked before was less. */
  | { readonly kind: 'raised' }
  | { readonly kind: 'moved'; readonly to: 'paused' | 'pausing' | 'queued' | 'running' | 'stopping' };

/**
 * What becomes of an order; pure. Asking twice changes nothing. Pause and resume undo each other, also before
 * the first is done; stop and cancel go before both, and cancel before stop; there is no way back from either.
 * Throws `illegal_transition`.
 */
export function decideOrder(order: OperationKind, standing: OrderStanding): OrderDecision {
  if (isTerminal(standing.status)) return afterTheEnd(order, standing.status, standing.desired);
  switch (order) {
    case 'pause':
      return decidePause(standing);
    case 'resume':
      return decideResume(standing);
    case 'stop':
      if (standing.status !== 'stopping') return { kind: 'moved', to: 'stopping' };
      return standing.desired === 'cancel' ? refuse('it is being cancelled') : { kind: 'repeated' };
    case 'cancel':
      if (standing.status !== 'stopping') return { kind: 'moved', to: 'stopping' };
      return { kind: standing.desired === 'cancel' ? 'repeated' : 'raised' };
  }
}

function decidePause({ status, desired }: OrderStanding): OrderDecision {
  switch (status) {
    case 'queued':
      return { kind: 'moved', to: 'paused' };
    case 'running':
      return { kind: 'moved', to: 'pausing' };
    case 'pausing':
    case 'paused':
      return { kind: 'repeated' };
    default:
      return refuse(desired === 'cancel' ? 'it is being cancelled' : 'it is being stopped');
  }
}

function decideResume({ status, desired, wasStarted, wasOrdered }: OrderStanding): OrderDecision {
  switch (status) {
    case 'paused':
      return { kind: 'moved', to: wasStarted ? 'running' : 'queued' };
    case 'pausing':
      return { kind: 'moved', to: 'running' };
    case 'queued':
    case 'running':
      return wasOrdered ? { kind: 'repeated' } : refuse(`it is ${status} and was not paused`);
    default:
      return refuse(desired === 'cancel' ? 'it is being cancelled' : 'it is being stopped');
  }
}

/** Who asks for the end that came is told so; anything else is too late. */
function afterTheEnd(order: OperationKind, status: ExecutionState, desired: DesiredState): OrderDecision {
  const isFulfilled =
    order === desired &&
    ((order === 'stop' && status === 'stopped') || (order === 'cancel' && status === 'cancelled'));
  if (isFulfilled) return { kind: 'repeated' };
  // Only what is paused goes on.
  const instead = order === 'resume' ? ', which is for good. Start its campaign anew, or repeat it' : '';
  return refuse(`it has ended already and is ${status}${instead}`);
}

function refuse(why: string): never {
  throw new OutriderError('illegal_transition', `The execution cannot do that: ${why}.`);
}
