/** What a lane saw of a host since it last told. */
export interface HostObservation {
  /** Whether it answered anything, whatever the status. */
  readonly hasAnswered: boolean;
  /** Answers whose times are told now, none or at least `FEWEST_ANSWERS`, and the milliseconds to their first bytes, added up. */
  readonly answers: number;
  readonly firstByteMs: number;
  /** Connections that could not be made since the last answer, or at all if there was none. */
  readonly failuresInARow: number;
}

/** How fast a host answers, and what follows from it. */
export interface HostHealth {
  /** Milliseconds to the first byte that are usual for the host; null before anything is known. */
  readonly baselineMs: number | null;
  /** The same lately: each observation counts for a third. */
  readonly responseMs: number | null;
  /** How far it is slowed down; 0 when it is not. */
  readonly slowLevel: number;
  /** Milliseconds since that changed. */
  readonly slowChangedMsAgo: number;
  /** Connections in a row that could not be made. */
  readonly failuresInARow: number;
}

/** Fewer answers say nothing about how fast a host is. */
export const FEWEST_ANSWERS = 5;
const MOST_SLOW = 8;
/** Milliseconds between two steps down, and up: a step must show its effect before the next. */
const STEP_DOWN_MS = 5_000;
const STEP_UP_MS = 10_000;
/** A slow-down that nothing has confirmed for so long is forgotten. */
const FORGET_MS = 30 * 60_000;

/**
 * A host is slow when the answers of late take three times its baseline and 300 ms more than it: a fast host
 * that a busy machine measures late is not slow. Each step down halves the fetches in flight; where one is
 * left, it spaces them out. It recovers by a step when it is back below twice its baseline or within 150 ms of
 * it. The baseline follows improvements at once and a decline by a hundredth per observation, and never while
 * the host is slowed down, so that an overload does not become what is usual. Pure.
 */
export function observeHost(health: HostHealth, seen: HostObservation): HostHealth {
  const failuresInARow = seen.hasAnswered ? seen.failuresInARow : health.failuresInARow + seen.failuresInARow;
  if (health.slowLevel > 0 && health.slowChangedMsAgo > FORGET_MS) {
    return observeHost({ ...health, slowLevel: 0, slowChangedMsAgo: 0 }, seen);
  }
  if (seen.answers < FEWEST_ANSWERS) return { ...health, failuresInARow };
  const measured = seen.firstByteMs / seen.answers;
  const responseMs = health.responseMs === null ? measured : (2 * health.responseMs + measured) / 3;
  const baselineMs = nextBaseline(health, responseMs);
  return {
    ...health,
    ...nextSlowLevel(health, responseMs, baselineMs),
    responseMs,
    baselineMs,
    failuresInARow,
  };
}

function nextBaseline({ baselineMs, slowLevel }: HostHealth, responseMs: number): number {
  if (baselineMs === null || responseMs < baselineMs) return responseMs;
  return slowLevel > 0 ? baselineMs : baselineMs + (responseMs - baselineMs) / 100;
}

function nextSlowLevel(
  { slowLevel, slowChangedMsAgo: ago }: HostHealth,
  responseMs: number,
  baselineMs: number,
): Pick<HostHealth, 'slowLevel' | 'slowChangedMsAgo'> {
  const unchanged = { slowLevel, slowChangedMsAgo: ago };
  if (responseMs > Math.max(3 * baselineMs, baselineMs + 300)) {
    if (slowLevel === MOST_SLOW || ago < STEP_DOWN_MS) return unchanged;
    return { slowLevel: slowLevel + 1, slowChangedMsAgo: 0 };
  }
  const recovered = responseMs < Math.max(2 * baselineMs, baselineMs + 150);
  if (!recovered || slowLevel === 0 || ago < STEP_UP_MS) return unchanged;
  return { slowLevel: slowLevel - 1, slowChangedMsAgo: 0 };
}

/** Longest delay that a slow-down sets, in milliseconds. */
const LONGEST_DELAY_MS = 10_000;

/** What a slow-down leaves of a host's limit, and the delay it adds once one fetch at a time is left. Pure. */
export function slowedDown(
  limit: number,
  { slowLevel, responseMs }: Pick<HostHealth, 'slowLevel' | 'responseMs'>,
): { readonly limit: number; readonly delayMs: number } {
  const halvings = Math.ceil(Math.log2(limit));
  const excess = slowLevel - halvings;
  return {
    limit: Math.max(1, Math.floor(limit / 2 ** slowLevel)),
    delayMs: excess <= 0 ? 0 : Math.min(LONGEST_DELAY_MS, Math.round((responseMs ?? 0) * 2 ** (excess - 1))),
  };
}
