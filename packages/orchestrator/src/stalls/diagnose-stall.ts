import type { DatabaseVitals, StallFacts, StillLane } from '@outrider/db';
import type { StallCause } from '@outrider/shared';

/** What is known of the queue: how many lane jobs wait there, or null when it does not answer. */
export interface QueueVitals {
  readonly waiting: number | null;
}

export interface Vitals {
  readonly database: DatabaseVitals;
  readonly queue: QueueVitals;
  /** Whether a worker has room for its next lane, and no other comes first. */
  readonly isItsTurn: boolean;
  /** How long a lane that was just taken gets to show something for it, in milliseconds. */
  readonly patienceMs: number;
}

export interface Diagnosis {
  readonly cause: StallCause;
  readonly diagnosis: Readonly<Record<string, unknown>>;
}

/** A round trip this long is slow: a lane makes some ten of them a second. Milliseconds. */
const SLOW_ROUND_TRIP_MS = 1_000;
/** A lock that is waited for this long, while nothing moves anyway, is what holds it up. Milliseconds. */
const LONG_LOCK_WAIT_MS = 1_000;

/**
 * Why an execution gets nothing done: the first cause of STALL_CAUSES, in their order, that holds. Null when it only
 * waits for its turn: workers that could take its lanes are alive and all are busy, others come first, one has only just
 * taken a lane, or its tenant has used up a quota. Pure.
 */
export function diagnoseStall(
  facts: StallFacts,
  { database, queue, isItsTurn, patienceMs }: Vitals,
): Diagnosis | null {
  const { lanes, workers, suspect } = facts;
  const active = lanes.filter(({ status }) => status === 'active');
  const unattended = active.length === 0 || workers.capable === 0;
  const slow = slowDatabase(database);
  if (slow !== null) return slow;
  if (suspect !== null && (suspect.isLeased || (unattended && lostItsWorker(lanes)))) {
    const { url, losses } = suspect;
    return { cause: 'poison_page', diagnosis: { url, losses, beingTried: suspect.isLeased } };
  }
  if (active.some(({ takenMsAgo }) => takenMsAgo !== null && takenMsAgo < patienceMs)) return null;
  if (active.length === 0 && facts.isHeldByQuota) return null;
  const fleet = absentFleet(facts, unattended);
  if (fleet !== null) return fleet;
  if (active.length === 0 && lanes.length > 0) {
    const isOffered = queue.waiting === null || lanes.some(({ offeredMsAgo }) => offeredMsAgo !== null);
    if (workers.freePlaces === 0 || !isItsTurn || !isOffered) return null;
    return { cause: 'queue_and_ledger_apart', diagnosis: queueDiagnosis(lanes, workers.freePlaces, queue) };
  }
  const beyondDoubt = leakedLeases(facts, active) ?? closedHosts(facts);
  if (beyondDoubt !== null) return beyondDoubt;
  // Its lease is about to lapse, or it is heard again: either way there is more to go by soon.
  if (active.some(({ held }) => held === null)) return null;
  return idleWorker(active) ?? unexplained(facts);
}

function slowDatabase({ diskFull, roundTripMs, lockWaits }: DatabaseVitals): Diagnosis | null {
  if (diskFull) return { cause: 'disk_full', diagnosis: { where: 'database' } };
  if (roundTripMs >= SLOW_ROUND_TRIP_MS) {
    return { cause: 'database_slow', diagnosis: { roundTripMs: Math.round(roundTripMs) } };
  }
  if (lockWaits.longestMs < LONG_LOCK_WAIT_MS) return null;
  const { count, longestMs, relation } = lockWaits;
  return {
    cause: 'database_slow',
    diagnosis: { waitingForLocks: count, longestWaitMs: Math.round(longestMs), relation },
  };
}

function lostItsWorker(lanes: readonly StillLane[]): boolean {
  return lanes.some(({ waitingReason }) => waitingReason === 'worker_lost');
}

function absentFleet({ workers }: StallFacts, unattended: boolean): Diagnosis | null {
  if (!unattended || workers.freePlaces > 0) return null;
  const [silent] = workers.silent;
  if (silent !== undefined) {
    const { instanceId, host, pid, silentMs } = silent;
    return {
      cause: 'worker_stuck',
      diagnosis: {
        instanceId,
        host,
        pid,
        silentSeconds: Math.round(silentMs / 1_000),
        workers: workers.silent.length,
      },
    };
  }
  if (workers.capable > 0) return null;
  return { cause: 'no_worker_alive', diagnosis: { needs: workers.needsBrowser ? 'browser' : 'http' } };
}

function queueDiagnosis(lanes: readonly StillLane[], freePlaces: number, { waiting }: QueueVitals) {
  const offered = lanes.flatMap(({ offeredMsAgo }) => (offeredMsAgo === null ? [] : [offeredMsAgo]));
  return {
    queue: waiting === null ? 'unreachable' : 'reachable',
    jobsWaiting: waiting,
    lanesWaiting: lanes.length,
    lastOfferedSecondsAgo: offered.length === 0 ? null : Math.round(Math.min(...offered) / 1_000),
    freePlaces,
  };
}

function leakedLeases({ strays, idlePermits }: StallFacts, active: readonly StillLane[]): Diagnosis | null {
  const leaking = leakingLanes(active);
  const unheld = leaking.reduce((sum, { leased, held }) => sum + leased - (held ?? 0), 0);
  if (strays === 0 && idlePermits === 0 && unheld === 0) return null;
  return {
    cause: 'leases_leaking',
    diagnosis: { urlsOfNobody: strays, urlsUnknownToTheirLane: unheld, permitsOfNobody: idlePermits },
  };
}

/** Lanes whose worker says that it has fewer URLs in hand than are leased to it. */
export function leakingLanes(lanes: readonly StillLane[]): StillLane[] {
  return lanes.filter(({ status, held, leased }) => status === 'active' && held !== null && held < leased);
}

function closedHosts({ hosts, hasPending }: StallFacts): Diagnosis | null {
  if (!hasPending || hosts.length === 0) return null;
  if (!hosts.every(({ frozen, leftAlone }) => frozen || leftAlone)) return null;
  const [first] = hosts.filter(({ frozen }) => !frozen);
  const shown = first ?? hosts[0];
  const diagnosis = { host: shown?.host, until: shown?.until, why: shown?.cause, hosts: hosts.length };
  return { cause: first === undefined ? 'host_frozen' : 'host_backoff', diagnosis };
}

function idleWorker(active: readonly StillLane[]): Diagnosis | null {
  const holding = active.filter(({ leased }) => leased > 0);
  const [lane] = holding;
  if (lane === undefined) return null;
  const leased = holding.reduce((sum, one) => sum + one.leased, 0);
  return {
    cause: 'worker_stuck',
    diagnosis: {
      instanceId: lane.instanceId,
      laneId: lane.laneId,
      urlsInHand: leased,
      lanes: holding.length,
    },
  };
}

function unexplained({ status, lanes, hasPending, hosts }: StallFacts): Diagnosis {
  const reasons = [...new Set(lanes.flatMap(({ waitingReason }) => waitingReason ?? []))];
  return {
    cause: 'unexplained',
    diagnosis: { status, lanes: lanes.length, hasPending, hosts: hosts.length, waitingReasons: reasons },
  };
}
