drop table trap_budgets;
