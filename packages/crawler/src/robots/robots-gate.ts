import { type KeptRobots, type RobotsReading, readingOf, type StoredRobots } from '@outrider/db';
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
  /** What was last read of an origin's file, however long ago. */
  read(origin: string): Promise<KeptRobots | null>;
  /** Keeps what was read, and returns what holds now: an older file where this one could not be read. */
  write(origin: string, robots: StoredRobots): Promise<KeptRobots>;
}

export interface RobotsAnswer {
  readonly standing: RobotsStanding;
  /** The reading it rests on: the same object for the same reading. */
  readonly reading: RobotsReading;
  /** True when this call sent a request to the site: the site's pace counts it. */
  readonly fetched: boolean;
}

/**
 * How long what is kept of a file holds. RFC 9309, section 2.4, allows 24 hours; an hour keeps a site's change
 * of mind from being ignored for a day.
 */
export const ROBOTS_LIFE = { answerSeconds: 3_600, unreachableSeconds: 30, oldCopySeconds: 300 } as const;

/** After this the store is asked whether another process has read a newer file: all workers change their mind together. */
const LOOK_AGAIN_MS = 30_000;
/** What is remembered at most: origins, and characters of their files. */
const MAX_ORIGINS = 10_000;
const MAX_CHARACTERS = 32 * 1_048_576;
/** What an origin costs beside its file. */
const ENTRY_CHARACTERS = 500;

type Reading = Omit<RobotsAnswer, 'fetched'>;

interface Entry {
  readonly answer: Promise<Reading>;
  /** The moment from which the store is asked again. */
  lookAt: number;
  /** The reading it holds; null while it is being read. */
  fetchedAt: number | null;
  characters: number;
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
  #characters = 0;

  constructor(fetcher: Fetcher, store: RobotsStore, now: () => number = Date.now) {
    this.#fetcher = fetcher;
    this.#store = store;
    this.#now = now;
  }

  /** Throws when `ask.signal` aborts, or when the store cannot be reached. */
  async ask(ask: RobotsAsk): Promise<RobotsAnswer> {
    for (;;) {
      const entry = this.#entries.get(ask.origin);
      if (entry === undefined || entry.lookAt <= this.#now()) return this.#askNow(ask, entry);
      try {
        return { fetched: false, ...(await entry.answer) };
      } catch (error) {
        // Another lane asked and was aborted, or failed: that says nothing about the site.
        if (ask.signal.aborted) throw error;
        this.#drop(ask.origin, entry);
      }
    }
  }

  /** Asks the site again at the next `ask`, whatever was remembered here. */
  forget(origin: string): void {
    const entry = this.#entries.get(origin);
    if (entry !== undefined) this.#drop(origin, entry);
  }

  /** Characters of files remembered. */
  get remembered(): number {
    return this.#characters;
  }

  async #askNow(ask: RobotsAsk, before: Entry | undefined): Promise<RobotsAnswer> {
    let fetched = false;
    const reading = this.#read(ask, () => {
      fetched = true;
    });
    const entry: Entry = {
      answer: reading.then((kept) => answerOf(ask.origin, kept, before)),
      lookAt: Number.POSITIVE_INFINITY,
      fetchedAt: null,
      characters: ENTRY_CHARACTERS,
    };
    this.#remember(ask.origin, entry);
    try {
      const [answer, { robots, freshForMs, fetchedAt }] = await Promise.all([entry.answer, reading]);
      entry.lookAt = this.#now() + Math.min(LOOK_AGAIN_MS, freshForMs);
      entry.fetchedAt = fetchedAt.getTime();
      if (this.#entries.get(ask.origin) === entry) {
        entry.characters += robots.body?.length ?? 0;
        this.#characters += robots.body?.length ?? 0;
        this.#makeRoom();
      }
      return { fetched, ...answer };
    } catch (error) {
      this.#drop(ask.origin, entry);
      throw error;
    }
  }

  #remember(origin: string, entry: Entry): void {
    this.forget(origin);
    this.#entries.set(origin, entry);
    this.#characters += entry.characters;
    this.#makeRoom();
  }

  #drop(origin: string, entry: Entry): void {
    if (this.#entries.get(origin) !== entry) return;
    this.#entries.delete(origin);
    this.#characters -= entry.characters;
  }

  /** Forgets what was remembered longest ago. The last one stays, however long it is. */
  #makeRoom(): void {
    for (const [origin, entry] of this.#entries) {
      if (this.#entries.size <= MAX_ORIGINS && this.#characters <= MAX_CHARACTERS) return;
      if (this.#entries.size > 1) this.#drop(origin, entry);
    }
  }

  async #read(ask: RobotsAsk, onFetch: () => void): Promise<KeptRobots> {
    const kept = await this.#store.read(ask.origin);
    if (kept !== null && kept.freshForMs > 0 && kept.robots.outcome !== 'unreachable') return kept;
    onFetch();
    return this.#store.write(ask.origin, await readRobotsOverHttp(this.#fetcher, ask));
  }
}

/** What was kept, without parsing it again where it is the reading that was remembered. */
async function answerOf(origin: string, kept: KeptRobots, before: Entry | undefined): Promise<Reading> {
  if (before?.fetchedAt === kept.fetchedAt.getTime()) return before.answer;
  return { standing: standingOf(kept.robots), reading: readingOf(origin, kept) };
}

function standingOf(robots: StoredRobots): RobotsStanding {
  switch (robots.outcome) {
    case 'rules':
      return { kind: 'rules', file: parseRobots(robots.body ?? '') };
    case 'allow_all':
      return { kind: 'allow_all' };
    case 'unreachable':
      return { kind: 'unreachable', detail: robots.detail ?? 'it could not be read' };
  }
}
