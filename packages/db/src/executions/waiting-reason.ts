import type { ExecutionState, WaitingReason } from '@outrider/shared';

/** What the rows say of an execution and of the workers. */
export interface WaitingFacts {
  readonly status: ExecutionState;
  /** Lanes that a worker holds, and what they have leased. */
  readonly heldLanes: number;
  readonly leased: number;
  /** What the held lanes wait for. */
  readonly heldReasons: readonly WaitingReason[];
  /** What the lanes without a worker wait for. */
  readonly openReasons: readonly WaitingReason[];
  /** `no_worker`, `capacity` or `dispatch`, whichever is true of the workers. */
  readonly workers: WaitingReason | null;
}

/** What needs a person most comes first. */
const URGENCY: readonly WaitingReason[] = [
  'host_frozen',
  'robots_unreachable',
  'host_backoff',
  'host_busy',
  'retry_later',
];

/** Why an execution is not fetching; null while it is, and once it has ended. Pure. */
export function waitingReasonOf(facts: WaitingFacts): WaitingReason | null {
  switch (facts.status) {
    case 'completed':
    case 'failed':
    case 'stopped':
    case 'cancelled':
      return null;
    case 'pausing':
    case 'paused':
      return 'paused_by';
    case 'stopping':
      return 'not_running';
    case 'queued':
    case 'running':
      return facts.heldLanes === 0 ? withoutWorker(facts) : withWorker(facts);
  }
}

function withoutWorker({ workers, openReasons }: WaitingFacts): WaitingReason | null {
  if (workers === 'no_worker') return workers;
  const named = openReasons.find((reason) => reason === 'no_browser_worker' || reason === 'worker_lost');
  return named ?? workers;
}

function withWorker({ leased, heldReasons, heldLanes }: WaitingFacts): WaitingReason | null {
  // A lane without a reason is at work, or has just been taken.
  if (leased > 0 || heldReasons.length < heldLanes) return null;
  return URGENCY.find((reason) => heldReasons.includes(reason)) ?? heldReasons[0] ?? null;
}
