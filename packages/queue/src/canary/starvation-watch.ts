/** What was seen of a consumer at one moment. */
export interface ConsumerGlimpse {
  /** Jobs waited while the consumer had room for one. */
  readonly couldTake: boolean;
  /** Jobs the consumer had ever started. */
  readonly started: number;
}

/** For how long a consumer has taken nothing although jobs waited and it had room. Times in milliseconds. */
export class StarvationWatch {
  #since: number | null = null;
  #started = 0;

  observe(now: number, { couldTake, started }: ConsumerGlimpse): void {
    const took = started !== this.#started;
    this.#started = started;
    if (!couldTake || took) this.#since = null;
    else this.#since ??= now;
  }

  durationMs(now: number): number {
    return this.#since === null ? 0 : now - this.#since;
  }
}
