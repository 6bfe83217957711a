import type { CampaignConfig } from '@outrider/shared';
import type { Logger } from '@outrider/telemetry';
import { createInlineReading } from './inline-reading.js';
import type { Reading } from './reading.js';
import { ThreadHost } from './thread-host.js';

/**
 * Opens the readings of a worker's lanes. Pages that are rendered are read in the thread of the caller, which hands them
 * to the browser: reading is the least of what they take. All others are read in a thread of their own, beside
 * fetching and writing, which is how a worker uses two cores.
 */
export class ReadingThreads {
  readonly #hosts: readonly ThreadHost[];

  /** @param threads How many; with none, everything is read in the thread of the caller. */
  constructor(threads: number, logger: Logger) {
    this.#hosts = Array.from({ length: threads }, () => new ThreadHost(logger));
  }

  open(config: CampaignConfig): Reading {
    const [first, ...others] = this.#hosts;
    if (first === undefined || config.renderer !== 'http') return createInlineReading(config);
    return others.reduce((least, host) => (host.lanes < least.lanes ? host : least), first).open(config);
  }

  /** Ends the threads. To be called when no lane is left. */
  async close(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.close()));
  }
}
