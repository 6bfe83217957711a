import {
  type ApiProcess,
  beatApiProcess,
  type Database,
  type EventSubscription,
  removeApiProcess,
  storeSubscriptions,
} from '@outrider/db';
import type { Logger } from '@outrider/telemetry';

export interface PresenceOptions {
  /** Of the role outrider_system. */
  readonly system: Database;
  readonly logger: Logger;
  readonly process: ApiProcess;
}

/** A process silent for so long is taken for dead, and who followed over it for gone, in milliseconds. */
export const SILENCE_MS = 20_000;
const BEAT_MS = 5_000;
/** Subscriptions are written so long after they came at most: five thousand that come at once are a few statements. */
const WRITE_MS = 500;
const BATCH = 1_000;

/**
 * Keeps the subscriptions of this process in rows, so that every process can say who follows a campaign. Nothing is
 * written before the first subscription.
 */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #current = new Map<string, EventSubscription>();
  readonly #added = new Set<string>();
  readonly #removed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #beatAt = Number.NEGATIVE_INFINITY;
  #writing: Promise<void> = Promise.resolve();
  #hasFailed = false;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  /** Notes a subscription; returns how to end it. */
  add(subscription: EventSubscription): () => void {
    this.#current.set(subscription.id, subscription);
    this.#added.add(subscription.id);
    this.#timer ??= setInterval(() => {
      this.#writing = this.#writing.then(() => this.#write());
    }, WRITE_MS).unref();
    return () => {
      if (!this.#current.delete(subscription.id)) return;
      if (!this.#added.delete(subscription.id)) this.#removed.add(subscription.id);
    };
  }

  /** Takes the process and its subscriptions away. */
  async close(): Promise<void> {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    await this.#writing;
    const { system, process } = this.#options;
    await system.withSystem((tx) => removeApiProcess(tx, process.id)).catch(() => undefined);
  }

  async #write(): Promise<void> {
    try {
      if (performance.now() - this.#beatAt >= BEAT_MS) await this.#beat();
      while (this.#added.size > 0 || this.#removed.size > 0) await this.#writeBatch();
      this.#hasFailed = false;
    } catch (err) {
      // What was to be written is not known to be there: all of it is written again.
      for (const id of this.#current.keys()) this.#added.add(id);
      if (!this.#hasFailed) this.#options.logger.warn({ err }, 'who follows could not be noted; tried again');
      this.#hasFailed = true;
    }
  }

  async #beat(): Promise<void> {
    const { system, process } = this.#options;
    const wasKnown = await system.withSystem((tx) => beatApiProcess(tx, process, SILENCE_MS));
    this.#beatAt = performance.now();
    if (!wasKnown) for (const id of this.#current.keys()) this.#added.add(id);
  }

  async #writeBatch(): Promise<void> {
    const ids = [...this.#added].slice(0, BATCH);
    const removed = [...this.#removed].slice(0, BATCH);
    const added = ids.flatMap((id) => this.#current.get(id) ?? []);
    for (const id of ids) this.#added.delete(id);
    const { system, process } = this.#options;
    await system.withSystem((tx) => storeSubscriptions(tx, process.id, { added, removed }));
    for (const id of removed) this.#removed.delete(id);
    // Ended while it was written.
    for (const id of ids) if (!this.#current.has(id)) this.#removed.add(id);
  }
}
