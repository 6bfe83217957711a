import { createHash, type Hash } from 'node:crypto';
import { isSpace } from './clean-text.js';

export interface VisibleTextSummary {
  readonly wordCount: number;
  /** Code points after collapsing. */
  readonly length: number;
  /** SHA-256, hex, of the collapsed text as UTF-8. */
  readonly contentHash: string;
}

const BUFFER_BYTES = 16_384;
/** Buffers between documents: making one costs more than hashing a page. */
const spare: Buffer[] = [];
const MAX_SPARE = 8;

/** 1 for the ASCII letters and digits. */
const ALPHANUMERIC = new Uint8Array(128);
for (const [first, last] of ['09', 'AZ', 'az']) {
  ALPHANUMERIC.fill(1, first?.charCodeAt(0), (last?.charCodeAt(0) ?? 0) + 1);
}

/**
 * Measures the text a reader would see while it streams by: white space collapsed to single spaces, words
 * counted, SHA-256 taken. Nothing of the text is kept. A word is a run without white space that holds a
 * letter or digit; each Han, Hiragana and Katakana character is a word, since those scripts do not space.
 */
export class VisibleText {
  readonly #bytes: Buffer = spare.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #used = 0;
  #hash: Hash | null = null;
  #length = 0;
  #words = 0;
  /** A space is due before the next character, unless the text has not begun. */
  #spaceDue = false;
  #wordCounted = false;

  /** Ends the word at the border of a block: text on its two sides is not joined on screen. */
  break(): void {
    this.#spaceDue = true;
  }

  /** Takes `text[start, end)`, which must not cut a surrogate pair. */
  add(text: string, start: number, end: number): void {
    const bytes = this.#bytes;
    let used = this.#used;
    let length = this.#length;
    let words = this.#words;
    let spaceDue = this.#spaceDue;
    let counted = this.#wordCounted;
    for (let i = start; i < end; i++) {
      const unit = text.charCodeAt(i);
      if (unit <= 0x20 || unit >= 0xa0) {
        if (isSpace(unit)) {
          spaceDue = true;
          continue;
        }
        if (unit === 0) continue;
      }
      if (used > BUFFER_BYTES - 5) used = this.#flush(used);
      if (spaceDue) {
        spaceDue = false;
        counted = false;
        if (length > 0) {
          bytes[used++] = 0x20;
          length++;
        }
      }
      length++;
      if (unit < 0x80) {
        bytes[used++] = unit;
        if (!counted && ALPHANUMERIC[unit] === 1) {
          counted = true;
          words++;
        }
        continue;
      }
      const point = text.codePointAt(i) ?? unit;
      if (point > 0xffff) i++;
      used = encode(bytes, used, point);
      if (isUnspaced(point)) {
        words++;
        counted = false;
      } else if (!counted && !isWidePunctuation(point)) {
        words++;
        counted = true;
      }
    }
    this.#used = used;
    this.#length = length;
    this.#words = words;
    this.#spaceDue = spaceDue;
    this.#wordCounted = counted;
  }

  /** The totals. The instance takes no text afterwards. */
  end(): VisibleTextSummary {
    this.#hash ??= createHash('sha256');
    const contentHash = this.#hash.update(this.#bytes.subarray(0, this.#used)).digest('hex');
    if (spare.length < MAX_SPARE) spare.push(this.#bytes);
    return { wordCount: this.#words, length: this.#length, contentHash };
  }

  #flush(used: number): number {
    this.#hash ??= createHash('sha256');
    this.#hash.update(this.#bytes.subarray(0, used));
    return 0;
  }
}

/** Writes one code point as UTF-8 and returns the next free index. */
function encode(bytes: Buffer, at: number, point: number): number {
  let next = at;
  if (point < 0x800) {
    bytes[next++] = 0xc0 | (point >> 6);
  } else if (point < 0x10000) {
    bytes[next++] = 0xe0 | (point >> 12);
    bytes[next++] = 0x80 | ((point >> 6) & 0x3f);
  } else {
    bytes[next++] = 0xf0 | (point >> 18);
    bytes[next++] = 0x80 | ((point >> 12) & 0x3f);
    bytes[next++] = 0x80 | ((point >> 6) & 0x3f);
  }
  bytes[next++] = 0x80 | (point & 0x3f);
  return next;
}

/** Han, Hiragana and Katakana. */
function isUnspaced(point: number): boolean {
  if (point < 0x3041) return false;
  return (
    (point <= 0x30ff && point !== 0x30fb) ||
    (point >= 0x3400 && point <= 0x4dbf) ||
    (point >= 0x4e00 && point <= 0x9fff) ||
    (point >= 0xf900 && point <= 0xfaff) ||
    (point >= 0x20000 && point <= 0x3ffff)
  );
}

/** Signs above ASCII that make no word by themselves: dashes, quotes, arrows, symbols, replacement. */
function isWidePunctuation(point: number): boolean {
  if (point < 0xc0) return point !== 0xaa && point !== 0xb5 && point !== 0xba;
  if (point < 0x2010) return point === 0xd7 || point === 0xf7;
  return (
    point <= 0x2069 ||
    (point >= 0x2190 && point <= 0x2bff) ||
    (point >= 0x3001 && point <= 0x303f) ||
    point === 0x30fb ||
    (point >= 0xff01 && point <= 0xff0f) ||
    (point >= 0xff1a && point <= 0xff20) ||
    (point >= 0xfff9 && point <= 0xffff) ||
    (point >= 0x1f000 && point <= 0x1faff)
  );
}
