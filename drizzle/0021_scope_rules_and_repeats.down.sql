drop index campaign_executions_with_new_rules;
alter table campaign_executions
  drop column scope_skipped,
  drop column scope_cursor,
  drop column scope_revision,
  drop column repeats_execution_id;
