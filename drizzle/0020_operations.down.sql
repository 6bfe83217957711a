drop table operation_lanes;
drop table execution_operations;
-- The schema before knows no paused execution that never ran.
update campaign_executions set status = 'queued', paused_at = null where status = 'paused' and started_at is null;
alter table campaign_executions
  drop constraint paused_at_when_paused,
  drop constraint started_when_running,
  add constraint started_when_running
    check (status in ('queued', 'cancelled', 'failed', 'stopping', 'stopped') or started_at is not null),
  drop column rate_base_errors,
  drop column rate_base_pages,
  drop column paused_seconds,
  drop column paused_at,
  drop column operation_id,
  drop column cut_at,
  drop column desired_cause,
  drop column desired_by,
  drop column desired_state;
