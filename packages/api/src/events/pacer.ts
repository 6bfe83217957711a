import { setTimeout as sleep } from 'node:timers/promises';

export interface PacerOptions {
  /** Reads news, of what rang or of everything; says whether there were any. */
  pass(isSweep: boolean): Promise<boolean>;
  /** Without work nothing is done, and no timer runs. */
  hasWork(): boolean;
  /** Everything is looked through so often while there are news, in milliseconds, and after a quiet time less often. */
  readonly pollMs: number;
  /** Opens the bell. Rejects while it cannot be had. */
  listen(onRing: (everywhere: boolean) => void): Promise<{ close(): Promise<void> }>;
  /** Hears the first error of a series. */
  onError(error: unknown): void;
}

/** After so long without news it polls a quarter as often. */
const QUIET_MS = 5_000;
const QUIET_FACTOR = 4;
/** Between two passes others get their turn: as long as the last one took, and within these bounds. */
const LEAST_GAP_MS = 4;
const MOST_GAP_MS = 30;
const MAX_BACKOFF_MS = 2_000;

/**
 * Decides when a follower looks for news. One pass at a time, begun by the bell, and by the clock should the bell fail. The
 * pause after a pass grows with its cost, so that with many listeners events are folded into fewer, larger messages.
 */
export class Pacer {
  readonly #options: PacerOptions;
  readonly #stop = new AbortController();
  #running: Promise<unknown> | null = null;
  #rang = false;
  #everywhere = true;
  #wake: () => void = () => undefined;
  #lastSweep = 0;
  #lastNews = 0;
  #failures = 0;

  constructor(options: PacerOptions) {
    this.#options = options;
  }

  /** Begins, or looks again whether there is work. */
  start(): void {
    this.#running ??= Promise.all([this.#follow(), this.#hangBell()]);
    this.#wake();
  }

  /** News are there to be read; with `everywhere` nobody knows where. */
  ring(everywhere: boolean): void {
    this.#rang = true;
    this.#everywhere ||= everywhere;
    this.#wake();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#running;
  }

  async #follow(): Promise<void> {
    const { hasWork, pollMs, onError } = this.#options;
    while (!this.#stop.signal.aborted) {
      const isQuiet = performance.now() - this.#lastNews > QUIET_MS;
      await this.#idle(hasWork() ? pollMs * (isQuiet ? QUIET_FACTOR : 1) : null);
      if (this.#stop.signal.aborted) return;
      try {
        if (hasWork()) await this.#onePass();
        else this.#rang = false;
      } catch (error) {
        if (this.#failures === 0) onError(error);
        this.#failures += 1;
        this.#everywhere = true;
        await this.#pause(Math.min(50 * 2 ** this.#failures, MAX_BACKOFF_MS));
      }
    }
  }

  /** Waits for a ring or for work, or at most so long. */
  async #idle(ms: number | null): Promise<void> {
    if (this.#rang || this.#stop.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = ms === null ? undefined : setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #onePass(): Promise<void> {
    const begun = performance.now();
    const isSweep = this.#everywhere || begun - this.#lastSweep >= this.#options.pollMs;
    this.#rang = false;
    this.#everywhere = false;
    if (isSweep) this.#lastSweep = begun;
    if (await this.#options.pass(isSweep)) this.#lastNews = performance.now();
    this.#failures = 0;
    const spent = performance.now() - begun;
    await this.#pause(Math.min(Math.max(spent, LEAST_GAP_MS), MOST_GAP_MS));
  }

  async #hangBell(): Promise<void> {
    const { signal } = this.#stop;
    for (let pauseMs = 100; !signal.aborted; pauseMs = Math.min(pauseMs * 2, MAX_BACKOFF_MS)) {
      try {
        const bell = await this.#options.listen((everywhere) => this.ring(everywhere));
        if (signal.aborted) await bell.close();
        else signal.addEventListener('abort', () => void bell.close().catch(() => undefined));
        // What happened before it hung was not heard.
        this.ring(true);
        return;
      } catch {
        // Polling goes on meanwhile.
        await this.#pause(pauseMs);
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }
}
