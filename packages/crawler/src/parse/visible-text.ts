import { createHash, hash as digest, type Hash } from 'node:crypto';
import { isSpace } from './clean-text.js';
import { type MainText, type RegionWords, readMainText, type TextSpan } from './main-text.js';
import { TEXT_REGION, type TextRegion } from './text-region.js';

export interface VisibleTextSummary {
  readonly wordCount: number;
  /** Ends of sentences: see `VisibleText`. */
  readonly sentenceCount: number;
  /** Code points after collapsing. */
  readonly length: number;
  /** SHA-256, hex, of the collapsed text as UTF-8. */
  readonly contentHash: string;
  readonly main: MainText;
}

/** Room for the text of nearly every page. */
const BUFFER_BYTES = 65_536;
/** Text beyond this many bytes is measured and hashed, and not looked at for the main text. */
const MAX_KEPT = 1_048_576;
const TAIL_BYTES = 16_384;
/** Words beyond these play no part in the SimHash. */
const MAX_WORDS = 16_384;
const FNV_BASIS = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

/** The memory that a page's text needs while it is read. */
interface Room {
  readonly bytes: Buffer;
  readonly words: Int32Array;
}
/** Rooms between documents: making one costs more than hashing a page. */
const spare: Room[] = [];
const MAX_SPARE = 8;

/** 1 for the ASCII letters and digits. */
const ALPHANUMERIC = new Uint8Array(128);
for (const [first, last] of ['09', 'AZ', 'az']) {
  ALPHANUMERIC.fill(1, first?.charCodeAt(0), (last?.charCodeAt(0) ?? 0) + 1);
}

/**
 * Measures the text a reader would see while it streams by: white space collapsed to single spaces, words
 * and sentences counted, SHA-256 taken, the main text told from the rest. Nothing of it outlives the page.
 *
 * A word is a run without white space that holds a letter or digit; each Han, Hiragana and Katakana character
 * is a word, since those scripts do not space. A sentence ends at `.`, `!`, `?`, `…` or `。！？` before white
 * space or the end of a block, a closing quote or bracket between them allowed, unless a lower-case ASCII
 * letter follows ("e.g. this"). What has no such end, such as a heading, is no sentence.
 */
export class VisibleText {
  readonly #room: Room = spare.pop() ?? {
    bytes: Buffer.allocUnsafeSlow(BUFFER_BYTES),
    words: new Int32Array(MAX_WORDS),
  };
  #bytes: Buffer = this.#room.bytes;
  #used = 0;
  /** Hashes (32-bit FNV-1a over code points) of the runs without white space; ideographs are each a run. */
  readonly #hashes: Int32Array = this.#room.words;
  #hashCount = 0;
  #spanHash = 0;
  /** The hash of the run being read; the basis before its first character. */
  #run = FNV_BASIS;
  /** Set once the text outgrew what is kept: the kept text, hashed already. */
  #kept: { bytes: Buffer; used: number; hash: Hash } | null = null;
  #spans: TextSpan[] = [];
  #region: TextRegion = TEXT_REGION.plain;
  #spanStart = 0;
  readonly #regionWords: RegionWords = [0, 0, 0, 0, 0];
  #length = 0;
  #words = 0;
  #sentences = 0;
  /** A space is due before the next character, unless the text has not begun. */
  #spaceDue = false;
  #wordCounted = false;

  /** Ends the word at the border of a block: text on its two sides is not joined on screen. */
  break(): void {
    this.#spaceDue = true;
  }

  /** Takes `text[start, end)`, which must not cut a surrogate pair, and which stands in `region`. */
  add(text: string, start: number, end: number, region: TextRegion): void {
    if (region !== this.#region) this.#enter(region);
    let bytes = this.#bytes;
    let limit = bytes.length - 5;
    let used = this.#used;
    let length = this.#length;
    let words = this.#words;
    let spaceDue = this.#spaceDue;
    let counted = this.#wordCounted;
    let run = this.#run;
    for (let i = start; i < end; i++) {
      const unit = text.charCodeAt(i);
      if (unit <= 0x20 || unit >= 0xa0) {
        if (isSpace(unit)) {
          spaceDue = true;
          continue;
        }
        if (unit === 0) continue;
      }
      if (used > limit) {
        used = this.#makeRoom(used);
        bytes = this.#bytes;
        limit = bytes.length - 5;
      }
      if (spaceDue) {
        spaceDue = false;
        counted = false;
        if (run !== FNV_BASIS) {
          if (this.#hashCount < MAX_WORDS) this.#hashes[this.#hashCount++] = run;
          run = FNV_BASIS;
        }
        if (length > 0) {
          if ((unit < 0x61 || unit > 0x7a) && endsSentence(bytes, used)) this.#sentences++;
          bytes[used++] = 0x20;
          length++;
        }
      }
      length++;
      if (unit < 0x80) {
        bytes[used++] = unit;
        run = Math.imul(run ^ unit, FNV_PRIME);
        if (!counted && ALPHANUMERIC[unit] === 1) {
          counted = true;
          words++;
        }
        continue;
      }
      const point = text.codePointAt(i) ?? unit;
      if (point > 0xffff) i++;
      used = encode(bytes, used, point);
      run = Math.imul(run ^ point, FNV_PRIME);
      if (isUnspaced(point)) {
        if (this.#hashCount < MAX_WORDS) this.#hashes[this.#hashCount++] = run;
        run = FNV_BASIS;
        words++;
        counted = false;
      } else if (!counted && !isWidePunctuation(point)) {
        words++;
        counted = true;
      }
    }
    this.#regionWords[region] += words - this.#words;
    this.#used = used;
    this.#length = length;
    this.#words = words;
    this.#spaceDue = spaceDue;
    this.#wordCounted = counted;
    this.#run = run;
  }

  /** The totals. The instance takes no text afterwards. */
  end(): VisibleTextSummary {
    if (this.#length > 0 && endsSentence(this.#bytes, this.#used)) this.#sentences++;
    const contentHash = this.#finishHash();
    this.#endSpan();
    const main = readMainText({
      bytes: this.#kept?.bytes ?? this.#bytes,
      wholeHash: this.#kept === null ? contentHash : null,
      hashes: this.#hashes,
      spans: this.#spans,
      words: this.#regionWords,
    });
    if (spare.length < MAX_SPARE) spare.push(this.#room);
    return {
      wordCount: this.#words,
      sentenceCount: this.#sentences,
      length: this.#length,
      contentHash,
      main,
    };
  }

  #finishHash(): string {
    const rest = this.#bytes.subarray(0, this.#used);
    return this.#kept === null ? digest('sha256', rest) : this.#kept.hash.update(rest).digest('hex');
  }

  #enter(region: TextRegion): void {
    this.#endSpan();
    this.#region = region;
  }

  /** A run does not reach over the border of a region. */
  #endSpan(): void {
    if (this.#run !== FNV_BASIS && this.#hashCount < MAX_WORDS) this.#hashes[this.#hashCount++] = this.#run;
    this.#run = FNV_BASIS;
    if (this.#kept !== null) return;
    const span = {
      start: this.#spanStart,
      end: this.#used,
      words: { start: this.#spanHash, end: this.#hashCount },
      region: this.#region,
    };
    if (span.end > span.start) this.#spans.push(span);
    this.#spanStart = this.#used;
    this.#spanHash = this.#hashCount;
  }

  /** Grows the buffer up to the limit of what is kept; beyond it, hashes and goes on in a small one. */
  #makeRoom(used: number): number {
    if (this.#kept !== null) {
      this.#kept.hash.update(this.#bytes.subarray(0, used));
      return 0;
    }
    if (this.#bytes.length < MAX_KEPT) {
      const larger = Buffer.allocUnsafeSlow(this.#bytes.length * 4);
      this.#bytes.copy(larger, 0, 0, used);
      this.#bytes = larger;
      return used;
    }
    this.#used = used;
    this.#endSpan();
    const hash = createHash('sha256').update(this.#bytes.subarray(0, used));
    this.#kept = { bytes: this.#bytes, used, hash };
    this.#bytes = Buffer.allocUnsafeSlow(TAIL_BYTES);
    return 0;
  }
}

/** Whether the text written up to `used` ends a sentence, closing quotes and brackets aside. */
function endsSentence(bytes: Buffer, used: number): boolean {
  const last = bytes[used - 1] ?? 0;
  // A letter, the common case.
  if (last >= 0x40 && last < 0x80 && last !== 0x5d) return false;
  let at = used - 1;
  if (last === 0x22 || last === 0x27 || last === 0x29 || last === 0x5d) at--;
  else if (isClosingQuote(bytes, at)) at -= bytes[at - 1] === 0xc2 ? 2 : 3;
  const mark = bytes[at] ?? 0;
  if (mark === 0x2e || mark === 0x21 || mark === 0x3f) return true;
  return mark >= 0x80 && isWideEnd(bytes, at);
}

/** ’ ” or » ends at this byte. */
function isClosingQuote(bytes: Buffer, at: number): boolean {
  const last = bytes[at];
  if (last === 0xbb) return bytes[at - 1] === 0xc2;
  return (last === 0x99 || last === 0x9d) && bytes[at - 1] === 0x80 && bytes[at - 2] === 0xe2;
}

/** … 。 ！ or ？ ends at this byte. */
function isWideEnd(bytes: Buffer, at: number): boolean {
  const last = bytes[at];
  const middle = bytes[at - 1];
  const first = bytes[at - 2];
  if (first === 0xe2) return middle === 0x80 && last === 0xa6;
  if (first === 0xe3) return middle === 0x80 && last === 0x82;
  return first === 0xef && middle === 0xbc && (last === 0x81 || last === 0x9f);
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
