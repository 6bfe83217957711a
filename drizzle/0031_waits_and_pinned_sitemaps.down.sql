alter table campaign_executions
  drop column resumed_at,
  drop column waited_seconds;
