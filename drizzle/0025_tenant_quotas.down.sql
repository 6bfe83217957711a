alter table execution_lanes drop column page_allowance, drop column page_day;
drop table tenant_page_days;
drop table tenant_quotas;
