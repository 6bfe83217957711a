import type { StoredRobots } from '@outrider/db';
import { parseRobots, type RobotsFile } from '@outrider/shared';
import type { Fetcher } from '../fetch/fetcher.js';
import { readRobotsOverHttp } from './read-robots.js';
import type { RobotsAsk } from './robots-ask.js';

export type RobotsStanding =
  | { readonly kind: 'rules'; readonly file: RobotsFile }
  | { readonly kind: 'allow_all' }
  /** RFC 9309, section 2.3.1.4: while it cannot be read, everything is disallowed. */
  | { readonly kind: 'unreachable'; readonly detail: string };

/** Where robots.txt files are kept between processes. */
export interface RobotsStore {
  read(origin: string): Promise<StoredRobots | null>;
  write(origin: string, robots: StoredRobots, ttlSeconds: number): Promise<void>;
}

export interface RobotsAnswer {
  readonly standing: RobotsStanding;
  /** True when this call sent a request to the site: the site's pace counts it. */
  readonly fetched: boolean;
}

/** RFC 9309, section 2.4, allows 24 hours; an hour keeps a site's change of mind from being ignored for a day. */
const TTL_SECONDS = 3_600;
/** A site whose robots.txt cannot be read is asked again after this. */
const UNREACHABLE_TTL_SECONDS = 30;
const MAX_ORIGINS = 10_000;

interface Entry {
  readonly answer: Promise<RobotsStanding>;
  readonly expiresAt: number;
}

/**
 * What each origin's robots.txt says, read at most once at a time per process and shared with other
 * processes through the store. `now` gives milliseconds.
 */
export class RobotsGate {
  readonly #entries = new Map<string, Entry>();
  readonly #fetcher: Fetcher;
  readonly #store: RobotsStore;
  readonly #now: () => number;

  constructor(fetcher: Fetcher, store: RobotsStore, now: () => number = Date.now) {
    this.#fetcher = fetcher;
    this.#store = store;
    this.#now = now;
  }

  /** Throws when `ask.signal` aborts, or when the store cannot be reached. */
  async ask(ask: RobotsAsk): Promise<RobotsAnswer> {
    for (;;) {
      const entry = this.#entries.get(ask.origin);
      if (entry === undefined || entry.expiresAt <= this.#now()) return this.#askNow(ask);
      try {
        return { standing: await entry.answer, fetched: false };
      } catch (error) {
        // Another lane asked and was aborted, or failed: that says nothing about the site.
        if (ask.signal.aborted) throw error;
        if (this.#entries.get(ask.origin) === entry) this.#entries.delete(ask.origin);
      }
    }
  }

  async #askNow(ask: RobotsAsk): Promise<RobotsAnswer> {
    let fetched = false;
    const answer = this.#read(ask, () => {
      fetched = true;
    });
    const entry = this.#remember(ask.origin, answer, TTL_SECONDS);
    try {
      const standing = await answer;
      if (standing.kind === 'unreachable') this.#remember(ask.origin, answer, UNREACHABLE_TTL_SECONDS);
      return { standing, fetched };
    } catch (error) {
      if (this.#entries.get(ask.origin) === entry) this.#entries.delete(ask.origin);
      throw error;
    }
  }

  /** Asks the site again at the next `ask`, whatever was remembered. */
  forget(origin: string): void {
    this.#entries.delete(origin);
  }

  #remember(origin: string, answer: Promise<RobotsStanding>, ttlSeconds: number): Entry {
    const entry = { answer, expiresAt: this.#now() + ttlSeconds * 1_000 };
    this.#entries.delete(origin);
    this.#entries.set(origin, entry);
    const oldest = this.#entries.size > MAX_ORIGINS ? this.#entries.keys().next().value : undefined;
    if (oldest !== undefined) this.#entries.delete(oldest);
    return entry;
  }

  async #read(ask: RobotsAsk, onFetch: () => void): Promise<RobotsStanding> {
    const stored = await this.#store.read(ask.origin);
    if (stored !== null && stored.outcome !== 'unreachable') return standingOf(stored);
    onFetch();
    const read = await readRobotsOverHttp(this.#fetcher, ask);
    const ttl = read.outcome === 'unreachable' ? UNREACHABLE_TTL_SECONDS : TTL_SECONDS;
    await this.#store.write(ask.origin, read, ttl);
    return standingOf(read);
  }
}

function standingOf(stored: StoredRobots): RobotsStanding {
  switch (stored.outcome) {
    case 'rules':
      return { kind: 'rules', file: parseRobots(stored.body ?? '') };
    case 'allow_all':
      return { kind: 'allow_all' };
    case 'unreachable':
      return { kind: 'unreachable', detail: stored.detail ?? 'it could not be read' };
  }
}
