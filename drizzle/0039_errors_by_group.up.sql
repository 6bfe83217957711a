-- Errors are counted by what went wrong and where. The index in their order holds what is counted, so that the newest
-- hundred thousand of an execution need no look at their rows.
create index campaign_errors_counted on campaign_errors (execution_id, id desc)
  include (tenant_id, error_type, error_code, host, severity, resolved, occurred_at);
drop index campaign_errors_by_execution;

-- The errors of one group in their order: to list them, and to resolve them together.
create index campaign_errors_by_group on campaign_errors (execution_id, error_code, host, id desc);
