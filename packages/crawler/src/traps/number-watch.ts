import type { TrapBudget } from '@outrider/shared';

/** Patterns per generation; two generations are kept. */
const GENERATION = 20_000;
/** The part of a budget that the lanes of an execution together take without counting it in the database. */
const UNCOUNTED_PART = 0.1;
const OPTION = 'traps.maxPerNumberPattern';

/**
 * Keeps the budgets of numbered URLs out of the database as long as they are far from used up: half of the web
 * is numbered, and a row for each of its patterns would cost more than the budgets save. A lane counts for
 * itself, and once it has taken its share of a tenth of the budget the database counts, beginning with that.
 * So the lanes together pass a budget by a tenth at most, and a worker that is started anew by its share of
 * that. Memory is bounded: forgetting a pattern starts its share anew.
 */
export class NumberWatch {
  readonly #lanes: number;
  #recent = new Map<string, number>();
  #older = new Map<string, number>();

  constructor(lanes: number) {
    this.#lanes = lanes;
  }

  /** The budgets of a URL that is to be crawled, without one of which the lane takes its own share. */
  counted(budgets: readonly TrapBudget[]): readonly TrapBudget[] {
    const numbered = budgets.findIndex(({ option }) => option === OPTION);
    const budget = budgets[numbered];
    if (budget === undefined) return budgets;
    const share = Math.floor((budget.limit * UNCOUNTED_PART) / this.#lanes);
    const taken = this.#take(budget.pattern);
    if (taken > share + 1) return budgets;
    // The first that is counted brings those before it along.
    const own = taken === share + 1 ? [{ ...budget, carry: share }] : [];
    return budgets.toSpliced(numbered, 1, ...own);
  }

  #take(pattern: string): number {
    const taken = (this.#recent.get(pattern) ?? this.#older.get(pattern) ?? 0) + 1;
    if (this.#recent.size >= GENERATION) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(pattern, taken);
    return taken;
  }
}
