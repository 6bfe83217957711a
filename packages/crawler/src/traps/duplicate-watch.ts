/** Pairs of pattern and text per generation; two generations are kept. */
const GENERATION = 20_000;

/**
 * Sees when the pages of a pattern repeat each other without end: `limit` of them with the same text, each
 * of which leads to more of its own kind (a session in the URL, a page that links to itself under ever new
 * names). Such a pattern is closed. Knows what one lane fetched; what other lanes closed is learnt. Memory
 * is bounded: forgetting a pair starts its count anew.
 */
export class DuplicateWatch {
  readonly #limit: number;
  readonly #closed = new Set<string>();
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
  note(pattern: string, textHash: string): boolean {
    if (this.#limit === 0 || this.#closed.has(pattern)) return false;
    const pair = `${textHash} ${pattern}`;
    const count = (this.#recent.get(pair) ?? this.#older.get(pair) ?? 0) + 1;
    if (this.#recent.size >= GENERATION) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(pair, count);
    if (count < this.#limit) return false;
    this.#closed.add(pattern);
    return true;
  }
}
