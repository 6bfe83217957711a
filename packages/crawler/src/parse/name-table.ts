interface Entry<T> {
  readonly name: string;
  readonly value: T;
  readonly next: Entry<T> | null;
}

/**
 * Looks up names where they stand in a text, in ASCII letters of any case: no string is made for a name. A
 * page has thousands of names, and most are not looked at again.
 */
export class NameTable<T> {
  readonly #buckets: (Entry<T> | null)[];
  readonly #mask: number;

  /** `entries`: names in lower case. */
  constructor(entries: Iterable<readonly [string, T]>) {
    const all = [...entries];
    const size = 2 ** Math.ceil(Math.log2(all.length * 4 + 1));
    this.#mask = size - 1;
    this.#buckets = new Array<Entry<T> | null>(size).fill(null);
    for (const [name, value] of all) {
      const bucket = hash(name, 0, name.length) & this.#mask;
      this.#buckets[bucket] = { name, value, next: this.#buckets[bucket] ?? null };
    }
  }

  /** The value of the name at `text[from, to)`; null for one that the table does not have. */
  find(text: string, from: number, to: number): T | null {
    let entry = this.#buckets[hash(text, from, to) & this.#mask] ?? null;
    while (entry !== null) {
      if (matches(entry.name, text, from, to)) return entry.value;
      entry = entry.next;
    }
    return null;
  }
}

/** The same for both cases of a letter. */
function hash(text: string, from: number, to: number): number {
  let sum = to - from;
  for (let i = from; i < to; i++) sum = (sum * 31 + (text.charCodeAt(i) | 0x20)) | 0;
  return sum;
}

function matches(name: string, text: string, from: number, to: number): boolean {
  if (name.length !== to - from) return false;
  for (let i = 0; i < name.length; i++) {
    const unit = text.charCodeAt(from + i);
    const lower = unit >= 0x41 && unit <= 0x5a ? unit | 0x20 : unit;
    if (lower !== name.charCodeAt(i)) return false;
  }
  return true;
}
