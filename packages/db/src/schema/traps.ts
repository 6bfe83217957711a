import { sql } from 'drizzle-orm';
import { integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { count } from './column-types.js';

/** What an execution has taken of each pattern that a trap guard counts. */
export const trapBudgets = pgTable('trap_budgets', {
  executionId: uuid('execution_id').notNull(),
  budgetKey: uuid('budget_key').notNull(),
  tenantId: uuid('tenant_id').notNull(),
  option: text().notNull(),
  pattern: text().notNull(),
  unit: text(),
  taken: integer().notNull().default(sql`0`),
  refused: count().notNull().default(sql`0`),
});
