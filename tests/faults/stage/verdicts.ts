import type { Invariant } from '../checkers/evidence.js';

/** `-`: something that a configuration asks beside the invariants. */
export type Rule = Invariant | '-';

export interface Violation {
  readonly rule: Rule;
  readonly what: string;
}

/** What was judged in one configuration, and what was found wrong. */
export class Verdicts {
  #checks = 0;
  readonly #violations: Violation[] = [];

  get checks(): number {
    return this.#checks;
  }

  get violations(): readonly Violation[] {
    return this.#violations;
  }

  /** One check with what it found. */
  record(rule: Rule, found: readonly string[]): void {
    this.#checks += 1;
    for (const what of found) this.#violations.push({ rule, what });
  }

  /** One check that something is so. */
  expect(what: string, isSo: boolean, rule: Rule = '-'): void {
    this.record(rule, isSo ? [] : [what]);
  }
}
