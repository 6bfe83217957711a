import { type KeepRunning, keepRunning } from './keep-running.js';
import type { LaunchedProcess } from './launched-process.js';

/** A stage of a stop: these processes end together, and the next stage begins when they have. */
export type StopStage = readonly string[];

/** Processes that are kept running together and are stopped in order. */
export class Crew {
  readonly #running = new Map<string, LaunchedProcess>();
  readonly #stops = new Map<string, AbortController>();
  readonly #ends: Promise<void>[] = [];

  /** Starts a process and keeps it running. Rejects as `keepRunning` does. */
  keep(plan: Omit<KeepRunning, 'stop'>): Promise<void> {
    const stop = new AbortController();
    this.#stops.set(plan.name, stop);
    const launch: KeepRunning['launch'] = (previous) => {
      const launched = plan.launch(previous);
      this.#running.set(plan.name, launched);
      return launched;
    };
    const end = keepRunning({ ...plan, launch, stop: stop.signal });
    this.#ends.push(end.catch(() => undefined));
    return end;
  }

  /** Ends the named processes and waits for them; one that takes longer than `limitMs` is killed. */
  async stop(names: StopStage, limitMs: number): Promise<void> {
    for (const name of names) this.#stops.get(name)?.abort();
    await Promise.all(names.map(async (name) => this.#running.get(name)?.stop(limitMs)));
  }

  /** Ends all at once and waits until nothing would start them again. */
  async stopAll(limitMs: number): Promise<void> {
    await this.stop([...this.#stops.keys()], limitMs);
    await Promise.all(this.#ends);
  }

  /** Kills all at once; none is started again. */
  kill(): void {
    for (const stop of this.#stops.values()) stop.abort();
    for (const launched of this.#running.values()) launched.kill();
  }
}
