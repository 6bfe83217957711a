import type { BackOffCause, DelayCause } from '@outrider/shared';
import { type HostHealth, type HostObservation, slowedDown } from './response-times.js';

/** What a lane asks of one host. */
export interface HostRequest {
  readonly host: string;
  /** Fetches of this lane in flight on the host, or about to start: it cannot give their permits back yet. */
  readonly inFlight: number;
  /** Most fetches at a time that the campaign allows on the host, by all lanes of all campaigns together. */
  readonly limit: number;
  /** Least time between the starts of two fetches that the campaign or the site wants, in milliseconds; 0 for none. */
  readonly delayMs: number;
  readonly delayCause: DelayCause | null;
  /** How many targets the lane could use. */
  readonly wanted: number;
  /** What the lane saw of the host since its last claim. */
  readonly seen?: HostObservation;
}

export type HostRefusalReason = 'host_backoff' | 'host_busy' | 'host_frozen';

export interface HostGrant {
  readonly host: string;
  /**
   * Fetches the lane may have in flight on the host. Fewer than it has: it starts no more until enough of
   * them are over, and keeps the permits of those until it asks again.
   */
  readonly permits: number;
  /** How many targets it may claim now. */
  readonly claims: number;
  /** Milliseconds from now until the first of them may start; each next one starts `delayMs` later. */
  readonly startInMs: number;
  /** The pace of the host: the slowest that any lane on it, or its slow-down, asks for. */
  readonly delayMs: number;
  /** Other lanes start fetches on the host too: what starts late here may come near to one of theirs. */
  readonly isShared: boolean;
  /** Why nothing was granted. */
  readonly refusal: HostRefusalReason | null;
  /** The pace has become slower: what the lane holds for the host and has not started goes back. */
  readonly isSlower: boolean;
  /** The host cannot be reached, in spite of several back-offs: its URLs may be given up. */
  readonly isDead: boolean;
}

/** A host and what other lanes do on it, as the database has them. */
export interface HostStanding extends HostHealth {
  /** Milliseconds until its next free start. */
  readonly startInMs: number;
  /** Milliseconds that its back-off lasts; negative since it is over. */
  readonly backOffLeftMs: number;
  readonly backOffLevel: number;
  readonly backOffCause: BackOffCause | null;
  /** Permits that other lanes hold, and how many lanes those are. */
  readonly others: number;
  readonly otherLanes: number;
  /** The lowest limit, the longest delay and the fastest pace among them; null without other lanes. */
  readonly othersLimit: number | null;
  readonly othersDelayMs: number | null;
  readonly othersPaceMs: number | null;
  /** The pace this lane works by so far; null when it is new on the host. */
  readonly ownPaceMs: number | null;
  /** Lanes of other campaigns ask for permits too. */
  readonly hasRivals: boolean;
  /** The permits that are the lane's where campaigns take turns (`isCrowded`); null where all have their share at once. */
  readonly turn: number | null;
  /** The lane's tenant has frozen it. */
  readonly isFrozen: boolean;
}

/** How far ahead a paced host is reserved: a lane that dies wastes no more of the host's time than this. */
const RESERVE_AHEAD_MS = 5_000;
/** Milliseconds of a pace that a lane holds URLs for beyond the permits it has free: claims need not keep up with every start. */
const HOLD_AHEAD_MS = 100;
/**
 * Milliseconds that a lane leaves behind its places in the pace of a host that it shares: so late may a start be
 * without coming near to that of another lane. A lane that has the host to itself keeps its distances by itself.
 */
export const SHARED_PACE_SPARE_MS = 100;
/** Connections in a row that fail before a host is left alone. */
export const CIRCUIT_FAILURES = 5;
/** Back-offs in a row after which a host that still cannot be reached is given up. */
export const CIRCUIT_TRIES = 3;

/** Fetches that the host may get at a time, by all lanes together, and the delay that its slow-down adds. Pure. */
export function hostLimits(
  request: HostRequest,
  row: HostStanding,
): { readonly limit: number; readonly delayMs: number } {
  const slowed = slowedDown(Math.min(request.limit, row.othersLimit ?? request.limit), row);
  return row.failuresInARow >= CIRCUIT_FAILURES ? { ...slowed, limit: 1 } : slowed;
}

/**
 * Whether more lanes are on the host than it may get fetches at a time, and not all of one campaign. Lanes of one
 * campaign need no turns: whichever has the permits fetches the same URLs. Pure.
 */
export function isCrowded(request: HostRequest, row: HostStanding): boolean {
  return row.hasRivals && !row.isFrozen && row.otherLanes + 1 > hostLimits(request, row).limit;
}

/**
 * The share of one host that a lane gets. The lowest limit and the longest delay that any lane wants hold for
 * all of them. A pace that becomes slower starts once every lane has heard of it: until then the lanes that
 * know wait. Whatever the share, nobody gets what others hold. Pure.
 */
export function grantFor(request: HostRequest, row: HostStanding): HostGrant {
  const { limit, delayMs: slowDelayMs } = hostLimits(request, row);
  const share = row.turn ?? Math.max(1, Math.floor(limit / (row.otherLanes + 1)));
  const permits = Math.min(share, Math.max(0, limit - row.others));
  const delayMs = Math.max(request.delayMs, row.othersDelayMs ?? 0, slowDelayMs);
  const isCutOff = row.failuresInARow >= CIRCUIT_FAILURES;
  const isSlower = row.ownPaceMs !== null && row.ownPaceMs < delayMs;
  const isDead = isCutOff && row.backOffLevel >= CIRCUIT_TRIES && row.backOffLeftMs <= 0;
  const base = { host: request.host, permits, delayMs, isShared: row.otherLanes > 0, isSlower, isDead };
  const refuse = (refusal: HostRefusalReason | null, startInMs: number): HostGrant => ({
    ...base,
    claims: 0,
    startInMs,
    refusal,
  });
  // Nor does it keep permits that lanes of other tenants, who may go on, would wait for.
  if (row.isFrozen) return { ...refuse('host_frozen', 0), permits: 0 };
  if (row.backOffLeftMs > 0) return refuse('host_backoff', row.backOffLeftMs);
  const othersAreFaster = row.othersPaceMs !== null && row.othersPaceMs < delayMs;
  if (permits === 0 || isSlower || othersAreFaster) return refuse('host_busy', 0);
  if (request.wanted === 0) return refuse(null, 0);
  // Another campaign has reserved the host's time further ahead than anybody may hold URLs for it.
  if (row.startInMs > RESERVE_AHEAD_MS) return refuse('host_busy', row.startInMs);
  const claims = Math.min(request.wanted, delayMs === 0 ? request.wanted : roomFor(request, row, base));
  return claims === 0
    ? refuse(null, row.startInMs)
    : { ...base, claims, startInMs: row.startInMs, refusal: null };
}

/**
 * How many starts of a paced host a lane may reserve. No more than it has permits for when they come: a start
 * that waits for a permit comes at another lane's time.
 */
function roomFor(
  { inFlight }: HostRequest,
  { startInMs }: HostStanding,
  { permits, delayMs }: { readonly permits: number; readonly delayMs: number },
): number {
  const free = Math.max(0, permits - inFlight);
  if (free === 0) return 0;
  return Math.min(
    free + Math.floor(HOLD_AHEAD_MS / delayMs),
    Math.floor((RESERVE_AHEAD_MS - startInMs) / delayMs) + 1,
  );
}
