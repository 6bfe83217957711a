import { SimilarTexts } from './similar-texts.js';

/** Pairs of pattern and text per generation; two generations are kept. */
const GENERATION = 20_000;

/** What a page says, as far as pages can repeat each other. */
export interface PageText {
  /** SHA-256 of its text; null for one without. */
  readonly textHash: string | null;
  /** 64 bits as a signed decimal number; null for a page without words. */
  readonly simhash: string | null;
  readonly title: string | null;
  readonly h1: string | null;
}

/**
 * Sees when the pages of a pattern repeat each other without end: `limit` of them with the same text, or with
 * nearly the same under one title and heading, each of which leads to more of its own kind (a session in the
 * URL, a clock on the page). Such a pattern is closed. Products whose texts differ by a name alone have titles
 * of their own, and are not taken for each other. Knows what one lane fetched; what other lanes closed is
 * learnt. Memory is bounded: forgetting a pair starts its count anew.
 */
export class DuplicateWatch {
  readonly #limit: number;
  readonly #closed = new Set<string>();
  readonly #similar = new SimilarTexts();
  #recent = new Map<string, number>();
  #older = new Map<string, number>();

  /** 0 switches it off. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get hasClosed(): boolean {
    return this.#closed.size > 0;
  }

  isClosed(pattern: string): boolean {
    return this.#closed.has(pattern);
  }

  learn(patterns: readonly string[]): void {
    for (const pattern of patterns) this.#closed.add(pattern);
  }

  /** Notes a page that led to new ones of its own pattern; true when it is the one that closes it. */
  note(pattern: string, page: PageText): boolean {
    if (this.#limit === 0 || this.#closed.has(pattern)) return false;
    const same = page.textHash === null ? 0 : this.#countSame(`${page.textHash} ${pattern}`);
    const under = JSON.stringify([pattern, page.title, page.h1]);
    const similar = page.simhash === null ? 0 : this.#similar.count(under, page.simhash);
    if (Math.max(same, similar) < this.#limit) return false;
    this.#closed.add(pattern);
    return true;
  }

  #countSame(pair: string): number {
    const count = (this.#recent.get(pair) ?? this.#older.get(pair) ?? 0) + 1;
    if (this.#recent.size >= GENERATION) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(pair, count);
    return count;
  }
}
