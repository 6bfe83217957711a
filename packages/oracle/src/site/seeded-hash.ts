function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return h ^ (h >>> 16);
}

/**
 * A well-mixed 32-bit number (0 to 2^32 - 1) from a seed and two indexes. The whole site derives from
 * it, so page i never needs the pages before it, and memory does not grow with the site. The mixer is
 * the "lowbias32" constant pair (Wellons, "Prospecting for Hash Functions", 2018).
 */
export function seededHash(seed: number, first: number, second: number): number {
  const low = mix((seed | 0) ^ 0x5bf03635);
  const high = mix(low ^ Math.floor(seed / 0x1_0000_0000));
  return mix(mix(high ^ first) + Math.imul(second + 1, 0x9e3779b1)) >>> 0;
}

/** A stream of numbers 0 to 2^32 - 1 that repeats for the same start (a Weyl sequence, mixed). */
export function seededStream(start: number): () => number {
  let state = start | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return mix(state) >>> 0;
  };
}
