/** Something with time limits that is looked at now and then. */
export interface Watched {
  /** @param now Milliseconds on the clock of `performance.now()`. */
  checkTime(now: number): void;
}

const TICK_MS = 100;

/**
 * One timer for the time limits of all fetches in flight. A fetch has up to four limits, and setting and
 * clearing timers for each would cost more than the rest of a small fetch; limits are counted in seconds, so a
 * look every 100 ms is exact enough.
 */
export class DeadlineWatch {
  private readonly watched = new Set<Watched>();
  private timer: NodeJS.Timeout | null = null;

  add(item: Watched): void {
    this.watched.add(item);
    // Unreferenced: the sockets waited for keep the process alive, not the clock.
    this.timer ??= setInterval(() => this.tick(), TICK_MS).unref();
  }

  delete(item: Watched): void {
    this.watched.delete(item);
  }

  private tick(): void {
    // Stopped only by an idle tick, so that one fetch after another does not restart the timer each time.
    if (this.watched.size === 0) this.stop();
    const now = performance.now();
    for (const item of this.watched) item.checkTime(now);
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }
}
