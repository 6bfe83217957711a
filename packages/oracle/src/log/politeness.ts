import type { FetchLogEntry } from './fetch-log.js';

/** How much earlier than the delay a request may arrive: timers and the network are not exact. */
const GAP_TOLERANCE_MS = 50;
/**
 * A client that gives up on a fetch is free to start the next at once, but the site may read the new
 * request before it notices the closed connection. So an aborted fetch counts as over this much sooner.
 */
const ABORT_NOTICE_MS = 50;

export interface PolitenessLimits {
  /** Most fetches open at once on one host. */
  readonly maxConcurrency: number;
  /** Least time between the arrivals of two successive fetches on one host. */
  readonly delayMs: number;
  /** Paths left out of the judgement, such as `/robots.txt`; none by default. */
  readonly exceptPaths?: readonly string[];
}

/** One request that came too soon, or was one too many. */
export interface PolitenessViolation {
  readonly rule: 'concurrency' | 'gap';
  readonly host: string;
  readonly path: string;
  /** When it arrived, as in the log. */
  readonly at: number;
  /** Fetches open on the host, or milliseconds since the previous arrival. */
  readonly observed: number;
  readonly limit: number;
}

function byHost(log: readonly FetchLogEntry[]): Map<string, FetchLogEntry[]> {
  const hosts = new Map<string, FetchLogEntry[]>();
  for (const entry of log) {
    const entries = hosts.get(entry.host);
    if (entries === undefined) hosts.set(entry.host, [entry]);
    else entries.push(entry);
  }
  for (const entries of hosts.values()) entries.sort((a, b) => a.at - b.at);
  return hosts;
}

function endOf(entry: FetchLogEntry): number {
  if (entry.endedAt === null) return Number.POSITIVE_INFINITY;
  return entry.ending === 'aborted' ? Math.max(entry.at, entry.endedAt - ABORT_NOTICE_MS) : entry.endedAt;
}

/** For each arrival, in order, how many fetches are open with it. */
function concurrencies(entries: readonly FetchLogEntry[]): number[] {
  const ends = entries.map(endOf).sort((a, b) => a - b);
  let ended = 0;
  return entries.map((entry, arrived) => {
    while ((ends[ended] ?? Number.POSITIVE_INFINITY) <= entry.at && ended < arrived) ended += 1;
    return arrived + 1 - ended;
  });
}

/** What is noted late seems near to what follows: the site was held up then, and not the client ahead of its time. */
function gaps(entries: readonly FetchLogEntry[]): number[] {
  return entries.slice(1).map((entry, index) => {
    const { at = 0, notedLateMs = 0 } = entries[index] ?? {};
    return entry.at - at + notedLateMs;
  });
}

/**
 * Judges a fetch log by what the site saw, host by host, whichever workers the requests came from.
 * Concurrency is counted anew from arrivals and ends, so logs of several sites may be joined.
 * @returns the violations in order of host and time; empty when the crawl was polite.
 */
export function checkPoliteness(
  log: readonly FetchLogEntry[],
  { maxConcurrency, delayMs, exceptPaths = [] }: PolitenessLimits,
): PolitenessViolation[] {
  const violations: PolitenessViolation[] = [];
  const judged = log.filter((entry) => !exceptPaths.includes(entry.path));
  for (const [host, entries] of byHost(judged)) {
    const open = concurrencies(entries);
    const gapBefore = [Number.POSITIVE_INFINITY, ...gaps(entries)];
    for (const [index, { path, at }] of entries.entries()) {
      const concurrency = open[index] ?? 0;
      const gap = gapBefore[index] ?? Number.POSITIVE_INFINITY;
      if (concurrency > maxConcurrency) {
        violations.push({
          rule: 'concurrency',
          host,
          path,
          at,
          observed: concurrency,
          limit: maxConcurrency,
        });
      }
      if (gap < delayMs - GAP_TOLERANCE_MS) {
        violations.push({ rule: 'gap', host, path, at, observed: gap, limit: delayMs });
      }
    }
  }
  return violations;
}

/** The most fetches that were open at once on a host (its name without port); 0 if it was never asked. */
export function maxConcurrency(log: readonly FetchLogEntry[], host: string): number {
  return concurrencies(byHost(log).get(host) ?? []).reduce((most, open) => Math.max(most, open), 0);
}

/** The shortest time between two arrivals on a host, in milliseconds; infinite with fewer than two. */
export function minGapMs(log: readonly FetchLogEntry[], host: string): number {
  return gaps(byHost(log).get(host) ?? []).reduce(
    (least, gap) => Math.min(least, gap),
    Number.POSITIVE_INFINITY,
  );
}
