import type { TrapBudget } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { budgetKey } from './budget-key.js';

/**
 * How much an execution has taken of these budgets; none for those it never met. A host that was taken
 * itself is not kept out by its domain's budget, so that budget counts as one short of used up.
 */
export async function readTakenBudgets(
  tx: Tx,
  executionId: string,
  budgets: readonly TrapBudget[],
): Promise<Map<TrapBudget, number>> {
  if (budgets.length === 0) return new Map();
  const keys = budgets.flatMap((budget) => [budgetKey(budget), budgetKey(budget, budget.unit)]);
  const rows = await tx.sql<{ budget_key: string; taken: number }[]>`
    select budget_key, taken from trap_budgets
    where execution_id = ${executionId} and budget_key = any(${[...new Set(keys)]}::uuid[])`;
  const taken = new Map(rows.map((row) => [row.budget_key, row.taken]));
  const states = new Map<TrapBudget, number>();
  for (const budget of budgets) {
    const used = taken.get(budgetKey(budget));
    if (used === undefined) continue;
    const isIn = budget.unit !== null && taken.has(budgetKey(budget, budget.unit));
    states.set(budget, isIn ? Math.min(used, budget.limit - 1) : used);
  }
  return states;
}
