import type { CarriedPage } from '@outrider/db';

/** Reads pages of one earlier execution by their keys. */
export type ReadCarried = (
  executionId: string,
  urlKeys: readonly string[],
) => Promise<ReadonlyMap<string, CarriedPage>>;

interface Waiting {
  readonly urlKey: string;
  readonly resolve: (page: CarriedPage | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Pages of the previous execution that turn out to be unchanged, read together: one query at a time, for all
 * that were asked for while the one before it ran.
 */
export class CarriedPages {
  readonly #read: ReadCarried;
  #waiting: Waiting[] = [];
  #reading = false;

  constructor(read: ReadCarried) {
    this.#read = read;
  }

  /** Null when the execution has no such page any more. Rejects when the database cannot be read. */
  get(executionId: string, urlKey: string): Promise<CarriedPage | null> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ urlKey, resolve, reject });
      if (!this.#reading) void this.#readAll(executionId);
    });
  }

  async #readAll(executionId: string): Promise<void> {
    this.#reading = true;
    // What was answered in this turn of the event loop goes together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        const pages = await this.#read(
          executionId,
          batch.map(({ urlKey }) => urlKey),
        );
        for (const { urlKey, resolve } of batch) resolve(pages.get(urlKey) ?? null);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#reading = false;
  }
}
