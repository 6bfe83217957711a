/** Bits of 64 in which the SimHashes of near-duplicates differ at most (Manku, Jain and Das Sarma 2007). */
const NEAR = 3;
/** Different texts remembered under one name, and names per generation; two generations are kept. */
const TEXTS = 8;
const GENERATION = 5_000;

interface Text {
  readonly high: number;
  readonly low: number;
  count: number;
}

/** Counts texts that are nearly the same, by their SimHashes, under names. Memory is bounded: the rarest is forgotten first. */
export class SimilarTexts {
  #recent = new Map<string, Text[]>();
  #older = new Map<string, Text[]>();

  /** How many texts under this name, this one included, were near the one that it is near to. */
  count(name: string, simhash: string): number {
    const texts = this.#textsOf(name);
    const bits = BigInt.asUintN(64, BigInt(simhash));
    const [high, low] = [Number(bits >> 32n) | 0, Number(bits & 0xffff_ffffn) | 0];
    const near = texts.find((text) => ones(text.high ^ high) + ones(text.low ^ low) <= NEAR);
    if (near !== undefined) {
      near.count += 1;
      return near.count;
    }
    if (texts.length >= TEXTS) texts.sort((a, b) => b.count - a.count).pop();
    texts.push({ high, low, count: 1 });
    return 1;
  }

  #textsOf(name: string): Text[] {
    const known = this.#recent.get(name);
    if (known !== undefined) return known;
    const texts = this.#older.get(name) ?? [];
    if (this.#recent.size >= GENERATION) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(name, texts);
    return texts;
  }
}

/** Bits that are set, of 32. */
function ones(value: number): number {
  let left = value - ((value >>> 1) & 0x55555555);
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333);
  return Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
