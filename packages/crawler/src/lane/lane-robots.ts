import type { RobotsReading } from '@outrider/db';
import type { RobotsAsk } from '../robots/robots-ask.js';
import type { RobotsAnswer, RobotsGate } from '../robots/robots-gate.js';

/** Origins remembered at most. Forgetting one costs a statement that changes nothing. */
const MAX_ORIGINS = 10_000;

/** Answers what an origin's robots.txt says. */
export type AskRobots = Pick<RobotsGate, 'ask' | 'forget'>;

/**
 * The robots.txt files as a lane asks for them: the first answer about an origin, and each that differs from
 * the one before, is noted for the execution before anything is decided by it. A URL asked about meanwhile
 * does not wait for that.
 */
export class LaneRobots implements AskRobots {
  readonly #gate: AskRobots;
  readonly #note: (reading: RobotsReading) => Promise<void>;
  #told = new Map<string, RobotsReading>();

  constructor(gate: AskRobots, note: (reading: RobotsReading) => Promise<void>) {
    this.#gate = gate;
    this.#note = note;
  }

  /** Throws when `ask.signal` aborts, or when the database cannot be reached. */
  async ask(ask: RobotsAsk): Promise<RobotsAnswer> {
    const answer = await this.#gate.ask(ask);
    const { reading } = answer;
    if (this.#told.get(ask.origin) === reading) return answer;
    if (this.#told.size >= MAX_ORIGINS) this.#told.clear();
    this.#told.set(ask.origin, reading);
    try {
      await this.#note(reading);
    } catch (error) {
      this.#told.delete(ask.origin);
      throw error;
    }
    return answer;
  }

  forget(origin: string): void {
    this.#gate.forget(origin);
  }
}
