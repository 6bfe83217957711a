drop index campaign_errors_by_url;
drop table trap_budgets;
