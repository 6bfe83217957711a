import type { ExecutionState, WaitingReason } from '@outrider/shared';
import type { LaneEffects } from './lane-effects.js';

export interface LaneLeaseOptions {
  readonly effects: Pick<LaneEffects, 'renew'>;
  readonly leaseMs: number;
  /** The lease could not be kept: every fetch must stop now. */
  readonly onLost: (why: string) => void;
  /** A beat could not be written; the next one tries again. */
  readonly onMissed: (error: unknown) => void;
  readonly onState: (state: ExecutionState) => void;
  readonly beat: () => { memoryMb: number; waitingReason: WaitingReason | null; held: number };
}

/** The part of a lease that is not relied on: in it fetches stop, before another worker may begin. */
const MARGIN = 0.05;
/** What a busy machine may take to notice that the lease is over and to close its connections, in milliseconds. */
const LATENESS_MS = 500;
/** Of a lease as short as tests have, the margin is no more than this part. */
const MOST_MARGIN = 1 / 6;

/**
 * Keeps a lane's lease alive, three times per lease, and gives up by itself the moment it has not been able
 * to for nearly a whole one: after that another worker may own the lane, whether or not this process can see it.
 */
export class LaneLease {
  readonly #options: LaneLeaseOptions;
  #timer: NodeJS.Timeout | null = null;
  #deadline: NodeJS.Timeout | null = null;
  #renewedAt = performance.now();
  #ended = false;

  constructor(options: LaneLeaseOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#beat(), this.#options.leaseMs / 3);
    this.#armDeadline();
  }

  stop(): void {
    this.#ended = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    if (this.#deadline !== null) clearTimeout(this.#deadline);
    this.#deadline = null;
  }

  /** Gives up if the time is over, also when this process slept and no timer has had its turn yet. */
  check(): void {
    if (this.#leftMs() <= 0) this.#lose('the lease could not be renewed in time');
  }

  async #beat(): Promise<void> {
    const startedAt = performance.now();
    try {
      const state = await this.#options.effects.renew(this.#options.beat());
      if (this.#ended) return;
      if (state === null) {
        this.#lose('the lane belongs to another worker or has ended');
        return;
      }
      // An earlier beat may be answered after a later one.
      this.#renewedAt = Math.max(this.#renewedAt, startedAt);
      this.#armDeadline();
      this.#options.onState(state);
    } catch (error) {
      // The next beat tries again, and the deadline decides.
      if (!this.#ended) this.#options.onMissed(error);
    }
  }

  #armDeadline(): void {
    if (this.#deadline !== null) clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#lose('the lease could not be renewed in time'), this.#leftMs());
  }

  /** From the last renewal's start, since the database counts from some moment after it. */
  #leftMs(): number {
    const { leaseMs } = this.#options;
    const marginMs = Math.max(leaseMs * MARGIN, Math.min(LATENESS_MS, leaseMs * MOST_MARGIN));
    return this.#renewedAt + leaseMs - marginMs - performance.now();
  }

  #lose(why: string): void {
    if (this.#ended) return;
    this.stop();
    this.#options.onLost(why);
  }
}
