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

  /**
   * Resolves when the caller may go in; it must call what it gets when it is out again. Null for one that need not
   * go in any more, since its signal was aborted.
   */
  async enter(alone: boolean, signal: AbortSignal): Promise<Leave | null> {
    if (signal.aborted) return null;
    if (this.#admits(alone)) this.#take(alone);
    else if (!(await this.#wait(alone ? this.#alone : this.#company, signal))) return null;
    return () => this.#leave();
  }

  /** True when it is let in, false when it gives up. */
  #wait(queue: (() => void)[], signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const goIn = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve(true);
      };
      const giveUp = (): void => {
        queue.splice(queue.indexOf(goIn), 1);
        resolve(false);
        // It may have been the one that the others waited for.
        if (!this.#isAlone && this.#alone.length === 0) this.#letCompanyIn();
      };
      queue.push(goIn);
      signal.addEventListener('abort', giveUp, { once: true });
    });
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
    this.#letCompanyIn();
  }

  #letCompanyIn(): void {
    for (const one of this.#company.splice(0)) {
      this.#take(false);
      one();
    }
  }
}
