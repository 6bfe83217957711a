alter table crawler_instances drop column passed_over_at;
