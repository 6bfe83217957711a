/**
 * The origins whose robots.txt a lane could not read: those it will ask again, and those it has given up
 * on, whose other URLs need not go through the same tries one by one.
 */
export class UnreachableRobots {
  readonly #givenUp = new Map<string, boolean>();

  /** It could not be read, and will be asked for again. */
  willAskAgain(origin: string): void {
    this.#givenUp.set(origin, false);
  }

  /** It could not be read in spite of every try. */
  giveUp(origin: string): void {
    this.#givenUp.set(origin, true);
  }

  /** It answered. */
  reached(origin: string): void {
    this.#givenUp.delete(origin);
  }

  isGivenUp(origin: string): boolean {
    return this.#givenUp.get(origin) === true;
  }

  /** Whether any origin is to be asked again. */
  get isWaiting(): boolean {
    for (const givenUp of this.#givenUp.values()) if (!givenUp) return true;
    return false;
  }
}
