drop index campaign_errors_by_group;
create index campaign_errors_by_execution on campaign_errors (execution_id, id desc);
drop index campaign_errors_counted;
