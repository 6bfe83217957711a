import { type InterruptionCause, JobInterruption } from './job-interruption.js';

interface ActiveJob {
  readonly id: string;
  readonly controller: AbortController;
}

/** The handlers a consumer runs, and the way to tell them to stop. */
export class ActiveJobs {
  readonly #jobs = new Set<ActiveJob>();
  readonly #waiting = new Set<() => void>();
  #started = 0;

  get size(): number {
    return this.#jobs.size;
  }

  get started(): number {
    return this.#started;
  }

  /** Runs a handler with a signal of its own. */
  async run(id: string, handler: (signal: AbortSignal) => Promise<void>): Promise<void> {
    // The queue hands out a job that is still running here only after its lock was lost.
    this.interrupt('lock_lost', [id]);
    const job = { id, controller: new AbortController() };
    this.#jobs.add(job);
    this.#started++;
    try {
      await handler(job.controller.signal);
    } finally {
      this.#jobs.delete(job);
      if (this.#jobs.size === 0) for (const resolve of this.#waiting) resolve();
    }
  }

  /** Aborts the signals of the named jobs, or of all. */
  interrupt(cause: InterruptionCause, ids?: readonly string[]): void {
    for (const job of this.#jobs) {
      if (ids === undefined || ids.includes(job.id)) job.controller.abort(new JobInterruption(cause));
    }
  }

  /** Waits at most `milliseconds` for every handler to end, and says whether they did. */
  async idle(milliseconds: number): Promise<boolean> {
    if (this.#jobs.size === 0) return true;
    return new Promise((resolve) => {
      const settle = (ended: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(onIdle);
        resolve(ended);
      };
      const onIdle = (): void => settle(true);
      const timer = setTimeout(() => settle(false), milliseconds);
      this.#waiting.add(onIdle);
    });
  }
}
