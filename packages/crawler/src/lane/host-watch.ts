import { FEWEST_ANSWERS, type HostGrant, type HostObservation } from '@outrider/db';
import type { FetchFailureCode } from '../fetch/fetch-failures.js';

/** How a fetch failed; the status is null when no answer had begun. */
interface Failure {
  readonly code: FetchFailureCode;
  readonly status: number | null;
}

interface Watched {
  /** Answers whose times have not been told yet, and those times added up. */
  answers: number;
  firstByteMs: number;
  /** When the last of them came, in the time of `now`. */
  answeredAt: number;
  /** Whether the host has answered since the last report, and how many connections failed since. */
  hasNews: boolean;
  failuresInARow: number;
  /** URLs that the host refused since it last answered others, and whether each comes again. */
  readonly refused: Map<string, boolean>;
  /** URLs that the host refused before it answered others, and has not answered yet. */
  readonly refusing: Set<string>;
  /** URLs to which the host said nothing at all since it last answered anything, or was left alone. */
  readonly unanswered: Set<string>;
  /** Whether the host has answered since it was last left alone. */
  hasAnswered: boolean;
  /** In the time of `now`. What is answered before was under way when the host refused. */
  leftAloneUntil: number;
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
/** Answers further apart, in milliseconds, are not put together: such a host is not hurried. */
const TOGETHER_MS = 60_000;
/** After so many milliseconds without one, earlier back-offs of a host do not count any more. */
const CALM_MS = 30 * 60_000;
const NOTHING: ReadonlyMap<string, HostObservation> = new Map();

/** What a refusal (429, 503) says. */
export interface RefusalMeaning {
  /** The host has answered no other URL since it was last left alone. */
  readonly isInARow: boolean;
  /** It says something about this URL: the host answers others, or none was refused but this. */
  readonly isOfUrl: boolean;
}

/** How the hosts of a lane behave: what its claims report of them, and what follows for single URLs. */
export class HostWatch {
  readonly #hosts = new Map<string, Watched>();
  #reportedAt = Number.NEGATIVE_INFINITY;

  /** The host answered a URL with something other than 429 or 503; `now` in milliseconds of a steady clock. */
  answered(host: string, urlKey: string, firstByteMs: number | null, now = performance.now()): void {
    const watched = this.#watch(host);
    watched.hasNews = true;
    watched.failuresInARow = 0;
    noteTime(watched, firstByteMs, now);
    watched.dead = null;
    watched.unanswered.clear();
    watched.refused.delete(urlKey);
    watched.refusing.delete(urlKey);
    if (now < watched.leftAloneUntil) return;
    watched.hasAnswered = true;
    for (const [key, comesAgain] of watched.refused) if (comesAgain) watched.refusing.add(key);
    watched.refused.clear();
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
   * The host refused a URL. A host that refuses others too, without an answer in between, says nothing about
   * this one. If it refused this one, answered others and now refuses it again, that says nothing about the host,
   * unless it refuses those others by now.
   */
  refused(host: string, urlKey: string): RefusalMeaning {
    const { refused, refusing, hasAnswered } = this.#watch(host);
    if (refusing.has(urlKey)) return { isInARow: refused.size > 1, isOfUrl: true };
    refused.set(urlKey, true);
    return { isInARow: !hasAnswered, isOfUrl: refused.size === 1 };
  }

  /** Nothing is asked of the host for so many milliseconds from `now`, because it refused. */
  leftAlone(host: string, forMs: number, now = performance.now()): void {
    const watched = this.#watch(host);
    watched.leftAloneUntil = Math.max(watched.leftAloneUntil, now + forMs);
    watched.hasAnswered = false;
  }

  /** The URL will not be asked for again: what the host said to it is its record. */
  recorded(host: string, urlKey: string): void {
    const { refused, refusing } = this.#watch(host);
    if (refused.has(urlKey)) refused.set(urlKey, false);
    refusing.delete(urlKey);
  }

  granted(grants: readonly HostGrant[], now = performance.now()): void {
    for (const { host, isDead, refusal, startInMs } of grants) {
      if (refusal === 'host_backoff') {
        // After a pause the same URLs say anew whether the host answers.
        this.#hosts.get(host)?.unanswered.clear();
        // It refused another lane, perhaps.
        this.leftAlone(host, startInMs, now);
      }
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

  /**
   * What was seen since the last report, at most once a second; `now` in milliseconds. How long answers took is kept
   * until there are enough of them: a slow host does not give that many in a second.
   */
  report(now: number): ReadonlyMap<string, HostObservation> {
    if (now - this.#reportedAt < REPORT_MS) return NOTHING;
    this.#reportedAt = now;
    const report = new Map<string, HostObservation>();
    for (const [host, watched] of this.#hosts) {
      const { hasNews, failuresInARow } = watched;
      if (hasNews || failuresInARow > 0) {
        report.set(host, { hasAnswered: hasNews, failuresInARow, ...takeTimes(watched) });
      }
      Object.assign(watched, { hasNews: false, failuresInARow: 0 });
      if (isForgettable(watched, now)) this.#hosts.delete(host);
    }
    return report;
  }

  #watch(host: string): Watched {
    let watched = this.#hosts.get(host);
    if (watched === undefined) {
      watched = {
        ...{ answers: 0, firstByteMs: 0, answeredAt: Number.NEGATIVE_INFINITY },
        ...{ hasNews: false, failuresInARow: 0, dead: null },
        ...{ refused: new Map(), refusing: new Set(), unanswered: new Set() },
        ...{ hasAnswered: false, leftAloneUntil: Number.NEGATIVE_INFINITY },
      };
      this.#hosts.set(host, watched);
    }
    return watched;
  }
}

function noteTime(watched: Watched, firstByteMs: number | null, now: number): void {
  if (firstByteMs === null) return;
  const isAnew = now - watched.answeredAt > TOGETHER_MS;
  watched.answers = (isAnew ? 0 : watched.answers) + 1;
  watched.firstByteMs = (isAnew ? 0 : watched.firstByteMs) + firstByteMs;
  watched.answeredAt = now;
}

/** The times that can be told, which are then no longer kept. */
function takeTimes(watched: Watched): Pick<HostObservation, 'answers' | 'firstByteMs'> {
  const { answers, firstByteMs } = watched;
  if (answers < FEWEST_ANSWERS) return { answers: 0, firstByteMs: 0 };
  Object.assign(watched, { answers: 0, firstByteMs: 0 });
  return { answers, firstByteMs };
}

function isForgettable(watched: Watched, now: number): boolean {
  const { dead, refused, refusing, unanswered } = watched;
  const isCalm = watched.leftAloneUntil < now - CALM_MS;
  const hasTimes = watched.answers > 0 && watched.answeredAt > now - TOGETHER_MS;
  return dead === null && refused.size + refusing.size + unanswered.size === 0 && isCalm && !hasTimes;
}
