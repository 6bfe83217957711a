/** Words that make one shingle. */
const SHINGLE = 3;
/** Shingles in a batch: more could overflow a lane of 8 bits. */
const BATCH = 255;
const LANES = 0x01010101;

const batch = new Int32Array(BATCH);
const totals = new Int32Array(64);

/** Words from `start` to `end` of a list of word hashes. */
export interface WordSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * The 64-bit SimHash (Charikar 2002; Manku, Jain and Das Sarma 2007) of a text, as a signed decimal number,
 * from 32-bit hashes of its words. Features are shingles of three words in a row (one of all words in a text of
 * fewer), each occurrence weighing one. Near-duplicates differ in few bits: 3 or fewer of 64 is the usual
 * threshold. Null for a text without words.
 */
export function simhashOf(words: Int32Array, spans: readonly WordSpan[]): string | null {
  totals.fill(0);
  let first = 0;
  let second = 0;
  let seen = 0;
  let waiting = 0;
  for (const { start, end } of spans) {
    for (let i = start; i < end; i++) {
      const word = words[i] ?? 0;
      if (++seen >= SHINGLE) {
        batch[waiting++] = shingleHash(first, second, word);
        if (waiting === BATCH) waiting = count(waiting);
      }
      first = second;
      second = word;
    }
  }
  if (seen === 0) return null;
  if (seen < SHINGLE) batch[waiting++] = shingleHash(first, second, 0);
  count(waiting);
  const shingles = Math.max(1, seen - SHINGLE + 1);
  return ((BigInt(majority(0, shingles)) << 32n) | BigInt(majority(32, shingles) >>> 0)).toString();
}

function shingleHash(first: number, second: number, third: number): number {
  return mix(Math.imul(first, 0x9e3779b1) ^ ((second << 11) | (second >>> 21)) ^ third);
}

/** Murmur3's finalizer: every bit of the input moves every bit of the result. */
function mix(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Counts in how many of the first `size` hashes of the batch each bit is set, and in how many of their second halves. */
function count(size: number): 0 {
  countHalf(size, 0);
  for (let i = 0; i < size; i++) batch[i] = mix((batch[i] ?? 0) ^ 0x27d4eb2f);
  countHalf(size, 32);
  return 0;
}

/** Four bits are counted in one addition: lane k holds bits k, k+8, k+16 and k+24, a byte each. */
function countHalf(size: number, at: number): void {
  let l0 = 0;
  let l1 = 0;
  let l2 = 0;
  let l3 = 0;
  let l4 = 0;
  let l5 = 0;
  let l6 = 0;
  let l7 = 0;
  for (let i = 0; i < size; i++) {
    const hash = batch[i] ?? 0;
    l0 = (l0 + (hash & LANES)) | 0;
    l1 = (l1 + ((hash >>> 1) & LANES)) | 0;
    l2 = (l2 + ((hash >>> 2) & LANES)) | 0;
    l3 = (l3 + ((hash >>> 3) & LANES)) | 0;
    l4 = (l4 + ((hash >>> 4) & LANES)) | 0;
    l5 = (l5 + ((hash >>> 5) & LANES)) | 0;
    l6 = (l6 + ((hash >>> 6) & LANES)) | 0;
    l7 = (l7 + ((hash >>> 7) & LANES)) | 0;
  }
  for (const [k, lane] of [l0, l1, l2, l3, l4, l5, l6, l7].entries()) spread(at + k, lane);
}

function spread(bit: number, lane: number): void {
  for (let byte = 0; byte < 4; byte++) {
    const at = bit + byte * 8;
    totals[at] = (totals[at] ?? 0) + ((lane >>> (byte * 8)) & 0xff);
  }
}

/** 32 bits from `from` on: each is set where more than half of the shingles have it. */
function majority(from: number, shingles: number): number {
  let bits = 0;
  for (let bit = 0; bit < 32; bit++) {
    if ((totals[from + bit] ?? 0) * 2 > shingles) bits |= 1 << bit;
  }
  return bits;
}
