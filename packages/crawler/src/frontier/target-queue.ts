import { type ClaimedTarget, type HostGrant, SHARED_PACE_SPARE_MS } from '@outrider/db';

interface HostLine {
  permits: number;
  inFlight: number;
  /** Least milliseconds between two starts on the host. */
  delayMs: number;
  /** Other lanes start fetches on the host too. */
  isShared: boolean;
  /** No start before this moment, whatever the targets say: one that started late pushes the next. */
  notBefore: number;
  /** Claimed and not started, in order; `startAt` is on this process's monotonic clock. */
  readonly waiting: { readonly target: ClaimedTarget; readonly startAt: number }[];
}

/** A start that comes so many milliseconds late, and a whole delay late, has missed its turn. */
const MISSED_MS = 250;
/**
 * The same where other lanes have places in the host's pace too: what is spared for that, and what timers and the
 * network are never exact by.
 */
const MISSED_SHARED_MS = SHARED_PACE_SPARE_MS + 50;

/**
 * The URLs a lane has claimed and not started, by host: hands out the next one whose host has a free
 * permit and whose moment has come. Hosts take turns. Times are milliseconds on a monotonic clock.
 */
export class TargetQueue {
  readonly #lines = new Map<string, HostLine>();
  #waiting = 0;
  #inFlight = 0;
  #missed: ClaimedTarget[] = [];

  /** Adds what a claim brought, and takes over the permits and the pace that came with it. */
  add(targets: readonly ClaimedTarget[], grants: readonly HostGrant[], now: number): void {
    for (const grant of grants) {
      const line = this.#line(grant.host);
      line.permits = grant.permits;
      line.delayMs = grant.delayMs;
      line.isShared = grant.isShared;
    }
    for (const target of targets) {
      this.#line(target.host).waiting.push({ target, startAt: now + target.startInMs });
      this.#waiting += 1;
    }
    this.#forgetIdleHosts();
  }

  get waiting(): number {
    return this.#waiting;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Whether URLs wait, none is in flight and none can start, since other lanes have the permits. */
  get lacksPermits(): boolean {
    if (this.#waiting === 0 || this.#inFlight > 0) return false;
    for (const line of this.#lines.values()) if (line.waiting.length > 0 && line.permits > 0) return false;
    return true;
  }

  /** Whether `next` would give something. */
  hasReady(now: number): boolean {
    for (const line of this.#lines.values()) if (waitOf(line, now) === 0) return true;
    return false;
  }

  /** The next URL to fetch, which counts as in flight on its host from now until `finish`. */
  next(now: number): ClaimedTarget | null {
    for (const [host, line] of this.#lines) {
      if (waitOf(line, now) !== 0) continue;
      this.#passOverMissed(line, now);
      if (waitOf(line, now) !== 0) continue;
      const entry = line.waiting.shift();
      if (entry === undefined) continue;
      line.inFlight += 1;
      line.notBefore = now + line.delayMs;
      this.#inFlight += 1;
      this.#waiting -= 1;
      // To the back of the round, so that hosts take turns.
      this.#lines.delete(host);
      this.#lines.set(host, line);
      return entry.target;
    }
    return null;
  }

  /** A request has gone out to the host: the next one follows a whole delay after it, not after its turn came. */
  sent(host: string, now: number): void {
    const line = this.#line(host);
    line.notBefore = Math.max(line.notBefore, now + line.delayMs);
  }

  /**
   * URLs whose turn in their host's pace went by, since this process was held up: what follows belongs to
   * other lanes. They are no longer in the queue.
   */
  takeMissed(): ClaimedTarget[] {
    if (this.#missed.length === 0) return [];
    const missed = this.#missed;
    this.#missed = [];
    return missed;
  }

  #passOverMissed(line: HostLine, now: number): void {
    if (line.delayMs === 0) return;
    const tolerance = line.isShared ? MISSED_SHARED_MS : Math.max(line.delayMs, MISSED_MS);
    for (let head = line.waiting[0]; head !== undefined && now - head.startAt > tolerance; ) {
      this.#missed.push(head.target);
      line.waiting.shift();
      this.#waiting -= 1;
      head = line.waiting[0];
    }
  }

  /** The fetch on this host is over: its permit is free. */
  finish(host: string): void {
    this.#line(host).inFlight -= 1;
    this.#inFlight -= 1;
  }

  /** Milliseconds until a URL's moment comes, for those that only wait for their pace; null when none does. */
  nextStartInMs(now: number): number | null {
    let soonest: number | null = null;
    for (const line of this.#lines.values()) {
      const wait = waitOf(line, now);
      if (wait !== null && (soonest === null || wait < soonest)) soonest = wait;
    }
    return soonest;
  }

  /** Takes out what waits for a host and returns it. */
  takeWaiting(host: string): ClaimedTarget[] {
    const taken = this.#lines.get(host)?.waiting.splice(0) ?? [];
    this.#waiting -= taken.length;
    return taken.map(({ target }) => target);
  }

  /** Empties the queue and returns what had not been started. */
  drain(): ClaimedTarget[] {
    return [...this.#lines.keys()].flatMap((host) => this.takeWaiting(host));
  }

  /**
   * Fetches per host that are in flight or may start at any moment without another claim: a claim must
   * count them all, since some will start before it is answered.
   */
  committedByHost(): Map<string, number> {
    const committed = new Map<string, number>();
    for (const [host, { inFlight, permits, waiting }] of this.#lines) {
      const most = Math.max(inFlight, Math.min(permits, inFlight + waiting.length));
      if (most > 0) committed.set(host, most);
    }
    return committed;
  }

  /** Hosts with anything claimed or in flight. */
  hosts(): Set<string> {
    const busy = new Set<string>();
    for (const [host, line] of this.#lines) if (!isIdle(line)) busy.add(host);
    return busy;
  }

  #line(host: string): HostLine {
    let line = this.#lines.get(host);
    if (line === undefined) {
      line = {
        ...{ permits: 0, inFlight: 0, delayMs: 0, isShared: false },
        ...{ notBefore: Number.NEGATIVE_INFINITY, waiting: [] },
      };
      this.#lines.set(host, line);
    }
    return line;
  }

  #forgetIdleHosts(): void {
    for (const [host, line] of this.#lines) if (isIdle(line)) this.#lines.delete(host);
  }
}

function isIdle(line: HostLine): boolean {
  return line.inFlight === 0 && line.waiting.length === 0;
}

/** Milliseconds until the line's next URL may start; null when it has none or no permit for it. */
function waitOf(line: HostLine, now: number): number | null {
  const head = line.waiting[0];
  if (head === undefined || line.inFlight >= line.permits) return null;
  return Math.max(0, Math.max(head.startAt, line.notBefore) - now);
}
