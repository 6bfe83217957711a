import { type TrapBudget, urlKey } from '@outrider/shared';

/** The key of a budget's row, or, with `unit`, of the row that says that the unit was taken. */
export function budgetKey(
  budget: Pick<TrapBudget, 'option' | 'pattern'>,
  unit: string | null = null,
): string {
  return urlKey(JSON.stringify([budget.option, budget.pattern, unit]));
}
