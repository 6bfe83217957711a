import type { LaneOrder } from '@outrider/db';
import { Bell } from './bell.js';

export interface LaneOrdersOptions {
  /** Tells how many fetches are in flight and hears what is wanted. */
  readonly obey: (inFlight: number) => Promise<LaneOrder>;
  readonly inFlight: () => number;
  /** Fetches in flight are to be cut off now. */
  readonly cut: (why: string) => void;
  /** The database could not be asked; the next look tries again. */
  readonly onMissed: (error: unknown) => void;
}

/** Milliseconds between two looks while a lane winds down. */
const LOOK_MS = 250;

/**
 * What a lane does about its last fetches once it is to wind down: it says a few times a second how many are
 * left, and cuts them off when their time is over, or at once when a cancel comes or its execution has ended.
 */
export class LaneOrders {
  readonly #options: LaneOrdersOptions;
  readonly #bell = new Bell();
  #heeding: Promise<void> | null = null;
  #cutTimer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(options: LaneOrdersOptions) {
    this.#options = options;
  }

  /** Begins to listen; does nothing when it does already. */
  heed(): void {
    this.#heeding ??= this.#listen();
  }

  /** Ends the listening, and waits for the answer that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#bell.ring();
    await this.#heeding;
    if (this.#cutTimer !== null) clearTimeout(this.#cutTimer);
  }

  async #listen(): Promise<void> {
    do {
      try {
        this.#follow(await this.#options.obey(this.#options.inFlight()));
      } catch (error) {
        this.#options.onMissed(error);
      }
      if (!this.#stopped) await this.#bell.wait(LOOK_MS);
    } while (!this.#stopped);
  }

  #follow({ isHeld, cutInMs }: LaneOrder): void {
    if (this.#cutTimer !== null) clearTimeout(this.#cutTimer);
    this.#cutTimer = null;
    if (!isHeld) {
      this.#options.cut('nothing it fetches can be recorded any more');
      return;
    }
    if (cutInMs === null) return;
    const cut = (): void => this.#options.cut('the time for fetches in flight is over');
    if (cutInMs <= 0) cut();
    else this.#cutTimer = setTimeout(cut, cutInMs);
  }
}
