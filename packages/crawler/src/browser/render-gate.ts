/** Leaves the gate. */
export type Leave = () => void;

/**
 * Who may have pages in the browser: many at a time in company, or one alone. Whoever wants to be alone waits
 * for those inside to leave, and comes before those who come after.
 */
export class RenderGate {
  #inside = 0;
  #isAlone = false;
  readonly #alone: (() => void)[] = [];
  readonly #company: (() => void)[] = [];

  /** Resolves when the caller may go in; it must call what it gets when it is out again. */
  async enter(alone: boolean): Promise<Leave> {
    if (!this.#admits(alone)) {
      const queue = alone ? this.#alone : this.#company;
      await new Promise<void>((resolve) => queue.push(resolve));
    } else {
      this.#take(alone);
    }
    return () => this.#leave();
  }

  #admits(alone: boolean): boolean {
    if (this.#isAlone || this.#alone.length > 0) return false;
    return !alone || this.#inside === 0;
  }

  #take(alone: boolean): void {
    this.#inside += 1;
    this.#isAlone = alone;
  }

  #leave(): void {
    this.#inside -= 1;
    if (this.#inside > 0) return;
    this.#isAlone = false;
    const next = this.#alone.shift();
    if (next !== undefined) {
      this.#take(true);
      next();
      return;
    }
    for (const one of this.#company.splice(0)) {
      this.#take(false);
      one();
    }
  }
}
