alter table execution_sitemaps drop column pinned_id;
drop index campaign_executions_queued_by_campaign;
drop index campaign_executions_queued;
alter table campaign_executions
  drop column resumed_at,
  drop column waited_seconds;
