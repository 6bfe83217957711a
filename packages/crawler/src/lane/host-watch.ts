import type { HostGrant, HostObservation } from '@outrider/db';
import type { FetchFailureCode } from '../fetch/fetch-failures.js';

/** How a fetch failed; the status is null when no answer had begun. */
interface Failure {
  readonly code: FetchFailureCode;
  readonly status: number | null;
}

interface Watched {
  answers: number;
  firstByteMs: number;
  failuresInARow: number;
  /** URLs that the host refused since it last answered otherwise; two are as good as many. */
  readonly refused: Set<string>;
  /** URLs to which the host said nothing at all since it last answered anything, or was left alone. */
  readonly unanswered: Set<string>;
  /** The host cannot be reached; true once a URL has been sent to see whether that still holds. */
  dead: 'unknown' | 'probed' | null;
}

/** Failures to connect, which say something about the host and not about the URL. */
const CONNECT_FAILURES: ReadonlySet<FetchFailureCode> = new Set([
  'connection_refused',
  'connect_timeout',
  'host_unreachable',
]);
/**
 * Ends before the first byte of an answer. One URL may always end so, and then says nothing about its host; several in a
 * row do.
 */
const SILENCES: ReadonlySet<FetchFailureCode> = new Set(['connection_reset', 'headers_timeout']);
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
    watched.unanswered.clear();
  }

  /**
   * A fetch failed before or after its answer began. True when that many in a row got nothing from the host that the
   * next claim must hear of it.
   */
  failed(host: string, { code, status }: Failure, urlKey: string): boolean {
    const isSilence = status === null && SILENCES.has(code);
    if (!isSilence && !CONNECT_FAILURES.has(code)) return false;
    const watched = this.#watch(host);
    if (isSilence && watched.unanswered.has(urlKey)) return false;
    if (isSilence) watched.unanswered.add(urlKey);
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
    for (const { host, isDead, refusal } of grants) {
      // After a pause the same URLs say anew whether the host answers.
      if (refusal === 'host_backoff') this.#hosts.get(host)?.unanswered.clear();
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
      if (isForgettable(watched)) this.#hosts.delete(host);
      Object.assign(watched, { answers: 0, firstByteMs: 0, failuresInARow: 0 });
    }
    return report;
  }

  #watch(host: string): Watched {
    let watched = this.#hosts.get(host);
    if (watched === undefined) {
      watched = {
        ...{ answers: 0, firstByteMs: 0, failuresInARow: 0, dead: null },
        refused: new Set(),
        unanswered: new Set(),
      };
      this.#hosts.set(host, watched);
    }
    return watched;
  }
}

function isForgettable({ dead, refused, unanswered }: Watched): boolean {
  return dead === null && refused.size === 0 && unanswered.size === 0;
}
