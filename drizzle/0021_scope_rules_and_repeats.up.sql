-- Scope rules that change while an execution runs, and executions that repeat another.

alter table campaign_executions
  add column repeats_execution_id uuid,
  -- The revision whose scope.allow and scope.deny hold by now; null: those it began with.
  add column scope_revision integer,
  -- Pending URLs with keys up to this one are held against the rules; null: none has to be.
  add column scope_cursor uuid,
  -- How many of them the rules have stopped so far.
  add column scope_skipped bigint not null default 0;
create index campaign_executions_with_new_rules on campaign_executions (id)
  where scope_cursor is not null and completed_at is null;
