import type { TestDatabase } from '@outrider/db/testing';
import type { ExpectedCrawl, Oracle } from '@outrider/oracle';
import type { SeenEvent } from '../recorders/event-reader.js';

/** What the invariants are judged from: rows, the site's own log, and what clients saw; never our counters alone. */
export interface Evidence {
  readonly db: TestDatabase;
  readonly oracle: Oracle;
  /** What a right crawl of the site finds, under the name that the crawl knows it by. */
  readonly expected: ExpectedCrawl;
  readonly executionId: string;
  /** What the execution calls itself at the site, where others crawl it too; absent: every fetch is its own. */
  readonly userAgent?: string;
  /** Events as a client got them that followed the campaign from its beginning; null where none did. */
  readonly seenEvents: readonly SeenEvent[] | null;
  /** Fetches of one URL beyond the first that the fault explains: crashes that hit its lease. */
  readonly refetchesAllowed: number;
  /** Whether every in-scope URL has to be crawled; false for an execution that was stopped. */
  readonly isComplete: boolean;
  readonly maxConcurrency: number;
  /** Least time between two fetches on the host, in milliseconds; 0 unless given. */
  readonly delayMs?: number;
}

/** How often the execution asked for each URL, by the site's log. */
export function ownFetchesByUrl({ oracle, userAgent }: Evidence): ReadonlyMap<string, number> {
  if (userAgent === undefined) return oracle.fetchesByUrl();
  const { port } = new URL(oracle.origin);
  const counts = new Map<string, number>();
  for (const fetch of oracle.fetches()) {
    if (fetch.userAgent !== userAgent) continue;
    const url = `http://${fetch.host}:${port}${fetch.path}`;
    counts.set(url, (counts.get(url) ?? 0) + 1);
  }
  return counts;
}

export const INVARIANTS = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8'] as const;
export type Invariant = (typeof INVARIANTS)[number];

/** Looks at the evidence and says, in a sentence each, what breaks its invariant. */
export type Checker = (evidence: Evidence) => Promise<string[]>;

/** The first of a list, and how many more there are: a lost crawl may have thousands. */
export function abridged(what: string, found: readonly unknown[]): string[] {
  if (found.length === 0) return [];
  const shown = found.slice(0, 3).map((one) => JSON.stringify(one));
  return [`${what}: ${found.length}, such as ${shown.join(', ')}`];
}

export function differs(what: string, actual: unknown, expected: unknown): string[] {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  return is === should ? [] : [`${what}: ${is} instead of ${should}`];
}
