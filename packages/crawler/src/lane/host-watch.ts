import type { HostGrant, HostObservation } from '@outrider/db';
import type { FetchFailureCode } from '../fetch/fetch-failures.js';

interface Watched {
  answers: number;
  firstByteMs: number;
  failuresInARow: number;
  /** URLs that the host refused since it last answered otherwise; two are as good as many. */
  readonly refused: Set<string>;
  /** The host cannot be reached; true once a URL has been sent to see whether that still holds. */
  dead: 'unknown' | 'probed' | null;
}

/** Failures to connect, which say something about the host and not about the URL. */
const CONNECT_FAILURES: ReadonlySet<FetchFailureCode> = new Set([
  'connection_refused',
  'connect_timeout',
  'host_unreachable',
]);
/** As many as make lanes leave a host alone. */
const URGENT_FAILURES = 5;
/** Least time between two reports, in milliseconds. */
const REPORT_MS = 1_000;
const NOTHING: ReadonlyMap<string, HostObservation> = new Map();

/** How the hosts of a lane behave: what its claims report of them, and what follows for single URLs. */
export class HostWatch {
  readonly #hosts = new Map<string, Watched>();
  #reportedAt = Number.NEGATIVE_INFINITY;

  /** The host answered with something other than 429 or 503. */
  answered(host: string, firstByteMs: number | null): void {
    const watched = this.#watch(host);
    watched.answers += 1;
    watched.firstByteMs += firstByteMs ?? 0;
    watched.failuresInARow = 0;
    watched.dead = null;
    watched.refused.clear();
  }

  /** True when that many connections in a row failed that the next claim must hear of it. */
  failed(host: string, code: FetchFailureCode): boolean {
    if (!CONNECT_FAILURES.has(code)) return false;
    const watched = this.#watch(host);
    watched.failuresInARow += 1;
    if (watched.failuresInARow < URGENT_FAILURES || watched.dead !== null) return false;
    this.#reportedAt = Number.NEGATIVE_INFINITY;
    return true;
  }

  /**
   * The host refused a URL. True when it refuses others too, without an answer in between: then that says
   * nothing about this URL.
   */
  refused(host: string, urlKey: string): boolean {
    const { refused } = this.#watch(host);
    if (refused.size < 2) refused.add(urlKey);
    return refused.size > 1;
  }

  granted(grants: readonly HostGrant[]): void {
    for (const { host, isDead } of grants) {
      if (isDead) this.#watch(host).dead ??= 'unknown';
      else if (this.#hosts.has(host)) this.#watch(host).dead = null;
    }
  }

  /** Whether URLs of the host are to be given up unfetched. One is let through, to see. */
  isGivenUp(host: string): boolean {
    const watched = this.#hosts.get(host);
    if (watched === undefined || watched.dead === null) return false;
    if (watched.dead === 'probed') return true;
    watched.dead = 'probed';
    return false;
  }

  /** What was seen since the last report, at most once a second; `now` in milliseconds. */
  report(now: number): ReadonlyMap<string, HostObservation> {
    if (now - this.#reportedAt < REPORT_MS) return NOTHING;
    this.#reportedAt = now;
    const report = new Map<string, HostObservation>();
    for (const [host, watched] of this.#hosts) {
      const { answers, firstByteMs, failuresInARow } = watched;
      if (answers > 0 || failuresInARow > 0) report.set(host, { answers, firstByteMs, failuresInARow });
      if (watched.dead === null && watched.refused.size === 0) this.#hosts.delete(host);
      Object.assign(watched, { answers: 0, firstByteMs: 0, failuresInARow: 0 });
    }
    return report;
  }

  #watch(host: string): Watched {
    let watched = this.#hosts.get(host);
    if (watched === undefined) {
      watched = { answers: 0, firstByteMs: 0, failuresInARow: 0, refused: new Set(), dead: null };
      this.#hosts.set(host, watched);
    }
    return watched;
  }
}
