-- What a schedule needs to fire its ticks, and why each tick had its outcome.

alter table crawler_schedules rename column max_ticks to max_runs;
alter table crawler_schedules
  add column status_reason text,
  add column runs_started integer not null default 0 check (runs_started >= 0),
  -- next_tick_at with the tick's jitter: when it is due.
  add column next_due_at timestamptz,
  -- The release of the time zone database that next_tick_at was calculated with.
  add column zone_rules text not null default '',
  -- A deleted schedule keeps its row, and with it the ledger of its ticks.
  add column deleted_at timestamptz,
  alter column catch_up_mode set default 'one',
  add constraint next_tick_due check ((next_tick_at is null) = (next_due_at is null)),
  add constraint finished_without_tick check (status <> 'finished' or next_tick_at is null),
  add constraint deleted_without_tick check (deleted_at is null or next_tick_at is null),
  add constraint reason_when_not_active check (status <> 'active' or status_reason is null);
drop index crawler_schedules_due;
-- A paused schedule's ticks are noted too, as skipped.
create index crawler_schedules_due on crawler_schedules (next_due_at) where next_due_at is not null;
create index crawler_schedules_by_zone_rules on crawler_schedules (zone_rules) where next_tick_at is not null;

alter table schedule_ticks add column campaign_id uuid references crawler_campaigns on delete cascade;
update schedule_ticks tick set campaign_id = schedule.campaign_id
  from crawler_schedules schedule where schedule.id = tick.schedule_id;
alter table schedule_ticks
  alter column campaign_id set not null,
  add column kind text not null default 'planned' check (kind in ('planned', 'manual', 'backfill')),
  add column due_at timestamptz,
  add column detail text,
  -- How its execution ended; null while it runs, or without one.
  add column execution_status text,
  drop constraint schedule_ticks_outcome_check;
update schedule_ticks set due_at = scheduled_for, reason = coalesce(reason, 'on_time'),
  outcome = case outcome when 'skipped' then 'skipped_overlap' else outcome end;
alter table schedule_ticks
  alter column due_at set not null,
  alter column reason set not null,
  add constraint schedule_ticks_outcome_check check (outcome in ('started', 'buffered', 'skipped_overlap',
    'skipped_blackout', 'skipped_paused', 'skipped_deleted', 'missed', 'failed')),
  add constraint started_with_execution check ((outcome = 'started') = (execution_id is not null));
-- Starts that wait, by campaign, the oldest first.
create index schedule_ticks_buffered on schedule_ticks (campaign_id, scheduled_for) where outcome = 'buffered';
-- Executions whose end the ledger has not seen.
create index schedule_ticks_running on schedule_ticks (execution_id) where outcome = 'started' and execution_status is null;

-- A campaign is asked at each tick whether it is free, whatever the length of its history.
create index campaign_executions_live_by_campaign on campaign_executions (campaign_id) where completed_at is null;
