import { CAMPAIGN_LIMITS } from '@outrider/shared';

/** Below what the API takes in one JSON body (1 MiB), with room for what is around the seeds. */
const MOST_BYTES = 1_000_000;

/** Whether a request may carry the seed: for a longer one the API refuses all that came with it. */
export function isSendable(seed: string): boolean {
  return seed.length <= CAMPAIGN_LIMITS.seedLength;
}

/** Seeds in as few requests as the API takes them in. A seed that is too long by itself goes alone, and is refused alone. */
export function* inParts(seeds: readonly string[], mostBytes = MOST_BYTES): Generator<string[]> {
  let part: string[] = [];
  let bytes = 0;
  for (const seed of seeds) {
    const size = Buffer.byteLength(JSON.stringify(seed)) + 1;
    if (part.length > 0 && (bytes + size > mostBytes || part.length >= CAMPAIGN_LIMITS.seedsPerRequest)) {
      yield part;
      [part, bytes] = [[], 0];
    }
    part.push(seed);
    bytes += size;
  }
  if (part.length > 0) yield part;
}
