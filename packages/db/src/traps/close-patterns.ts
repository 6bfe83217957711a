import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';
import { budgetKey } from './budget-key.js';

const OPTION = 'traps.maxDuplicates';

/**
 * Closes patterns whose pages repeat each other: no lane of the execution follows links to them any more.
 * Raises the scope's version, which makes every lane read them. The execution's row must be locked.
 */
export async function closeTrapPatterns(tx: Tx, hold: LaneHold, patterns: readonly string[]): Promise<void> {
  if (patterns.length === 0) return;
  const distinct = [...new Set(patterns)];
  const closed = await tx.sql`
    insert into trap_budgets (execution_id, tenant_id, budget_key, option, pattern)
    select ${hold.executionId}, ${hold.tenantId}, budget_key, ${OPTION}, pattern
    from unnest(${distinct.map((pattern) => budgetKey({ option: OPTION, pattern }))}::uuid[],
      ${distinct}::text[]) as closed (budget_key, pattern)
    order by budget_key
    on conflict (execution_id, budget_key) do nothing`;
  if (closed.count === 0) return;
  await tx.sql`
    update campaign_executions set scope_version = scope_version + 1 where id = ${hold.executionId}`;
}

/** The patterns that were closed so far. */
export async function listClosedPatterns(tx: Tx, executionId: string): Promise<string[]> {
  const rows = await tx.sql<{ pattern: string }[]>`
    select pattern from trap_budgets where execution_id = ${executionId} and option = ${OPTION}`;
  return rows.map(({ pattern }) => pattern);
}
