create index campaign_errors_counted on campaign_errors (execution_id, id desc)
  include (tenant_id, error_type, error_code, host, severity, resolved, occurred_at);
drop index campaign_errors_by_execution;

drop trigger campaign_errors_count_changed on campaign_errors;
drop trigger campaign_errors_count_added on campaign_errors;
drop function count_changed_errors();
drop function count_added_errors();
drop table campaign_error_counts;
