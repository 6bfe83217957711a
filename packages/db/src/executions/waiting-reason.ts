import type { ExecutionState, LaneState, WaitingReason } from '@outrider/shared';

/** The quota that keeps an execution from its lanes. */
export type QuotaReason = Extract<WaitingReason, 'quota_executions' | 'quota_pages'>;

/** What decides why a lane without a worker has none. */
export interface OpenFacts {
  readonly heldBy: QuotaReason | null;
  readonly needsBrowser: boolean;
  /** Its last worker was lost, and nobody has taken it since. */
  readonly lostWorker: boolean;
  /** Live workers that take lanes, those of them with a browser, and the lanes that each kind has room for. */
  readonly workers: number;
  readonly browsers: number;
  readonly room: number;
  readonly browserRoom: number;
  /** Its place among those that no quota keeps; 1 where it is not known. */
  readonly position: number;
}

/** What the rows say of an execution and of the workers. */
export interface WaitingFacts {
  readonly status: ExecutionState;
  /** Lanes that a worker holds, and what they have leased. */
  readonly heldLanes: number;
  readonly leased: number;
  /** What the held lanes wait for. */
  readonly heldReasons: readonly WaitingReason[];
  /** Null unless it is queued or running. */
  readonly open: OpenFacts | null;
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
  const settled = reasonOfState(facts.status);
  if (settled !== 'by_its_lanes') return settled;
  if (facts.heldLanes > 0) return withWorker(facts);
  return facts.open === null ? null : openReasonOf(facts.open);
}

/** Why one lane is not fetching: with a worker what that said last, without one what keeps it from one. Pure. */
export function laneReasonOf(
  facts: Pick<WaitingFacts, 'status' | 'open'>,
  lane: { readonly status: LaneState; readonly waitingReason: WaitingReason | null },
): WaitingReason | null {
  if (lane.status === 'finished') return null;
  const settled = reasonOfState(facts.status);
  if (settled !== 'by_its_lanes') return settled;
  if (lane.status === 'active') return lane.waitingReason;
  return facts.open === null ? null : openReasonOf(facts.open);
}

/**
 * Why a lane that no worker holds waits for one: what holds however many workers there are comes first, then
 * what another worker would mend. Pure.
 */
export function openReasonOf(facts: OpenFacts): WaitingReason {
  const { heldBy, needsBrowser, lostWorker, workers, browsers } = facts;
  if (heldBy !== null) return heldBy;
  if (workers === 0) return 'no_worker';
  if (needsBrowser && browsers === 0) return 'no_browser_worker';
  if (lostWorker) return 'worker_lost';
  return (needsBrowser ? facts.browserRoom : facts.room) >= facts.position ? 'dispatch' : 'capacity';
}

function reasonOfState(status: ExecutionState): WaitingReason | null | 'by_its_lanes' {
  switch (status) {
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
      return 'by_its_lanes';
  }
}

function withWorker({ leased, heldReasons, heldLanes }: WaitingFacts): WaitingReason | null {
  // A lane without a reason is at work, or has just been taken.
  if (leased > 0 || heldReasons.length < heldLanes) return null;
  const ofWorking = heldReasons.find((reason) => reason !== 'standing_by');
  return URGENCY.find((reason) => heldReasons.includes(reason)) ?? ofWorking ?? heldReasons[0] ?? null;
}
