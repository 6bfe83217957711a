drop index campaign_executions_live_by_campaign;
drop index schedule_ticks_running;
drop index schedule_ticks_buffered;
alter table schedule_ticks
  drop constraint started_with_execution,
  drop constraint schedule_ticks_outcome_check;
update schedule_ticks set outcome = 'skipped' where outcome like 'skipped%';
alter table schedule_ticks
  alter column reason drop not null,
  drop column execution_status,
  drop column detail,
  drop column due_at,
  drop column kind,
  drop column campaign_id,
  add constraint schedule_ticks_outcome_check check (outcome in ('started', 'skipped', 'missed', 'failed', 'buffered'));

drop index crawler_schedules_by_zone_rules;
drop index crawler_schedules_due;
alter table crawler_schedules
  drop constraint reason_when_not_active,
  drop constraint deleted_without_tick,
  drop constraint finished_without_tick,
  drop constraint next_tick_due,
  alter column catch_up_mode set default 'none',
  drop column deleted_at,
  drop column zone_rules,
  drop column next_due_at,
  drop column runs_started,
  drop column status_reason;
create index crawler_schedules_due on crawler_schedules (next_tick_at) where status = 'active';
alter table crawler_schedules rename column max_runs to max_ticks;
