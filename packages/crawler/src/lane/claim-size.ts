/** A claim holds about this many seconds of work, within these bounds: a slow site's URLs stay free for other lanes. */
const CLAIM_SECONDS = 1;
const CLAIM_BOUNDS = [16, 512] as const;
/** Before anything is known: enough to go on with while the first batches, the slowest, are committed. */
const FIRST_SIZE = 64;

/** How many URLs a lane claims at a time: as many as it settles in a second. Times are milliseconds on a monotonic clock. */
export class ClaimSize {
  #current = FIRST_SIZE;
  #settled = 0;
  #adaptedAt = performance.now();

  get current(): number {
    return this.#current;
  }

  settled(): void {
    this.#settled += 1;
  }

  /**
   * Follows what was settled since the last call, and returns the new size: half the old one and half the
   * new figure, so that one burst or one pause does not swing it.
   */
  adapt(now: number): number {
    const seconds = Math.max(0.02, (now - this.#adaptedAt) / 1_000);
    const wanted = Math.ceil((this.#settled / seconds) * CLAIM_SECONDS);
    const size = Math.ceil((this.#current + wanted) / 2);
    this.#current = Math.min(CLAIM_BOUNDS[1], Math.max(CLAIM_BOUNDS[0], size));
    this.#adaptedAt = now;
    this.#settled = 0;
    return this.#current;
  }
}
