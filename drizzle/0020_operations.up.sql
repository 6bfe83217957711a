-- What is wanted of an execution, and the operations by which it was asked for.

alter table campaign_executions
  -- What workers obey, whatever the state says yet.
  add column desired_state text not null default 'run' check (desired_state in ('run', 'pause', 'stop', 'cancel')),
  -- Who asked for it, with the reason; null while nobody has.
  add column desired_by text,
  add column desired_cause text not null default 'request' check (desired_cause in ('request', 'error_rate')),
  -- When fetches still in flight are to be cut off.
  add column cut_at timestamptz,
  -- The operation that was asked for last.
  add column operation_id uuid,
  add column paused_at timestamptz,
  -- Seconds in pauses that are over: they count against no limit.
  add column paused_seconds double precision not null default 0,
  -- What the limit on the share of errors does not count: everything up to the last resume.
  add column rate_base_pages bigint not null default 0,
  add column rate_base_errors bigint not null default 0,
  drop constraint started_when_running,
  add constraint started_when_running
    check (status in ('queued', 'paused', 'cancelled', 'failed', 'stopping', 'stopped') or started_at is not null),
  add constraint paused_at_when_paused check (paused_at is null or status = 'paused');

create table execution_operations (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  campaign_id uuid not null,
  execution_id uuid not null references campaign_executions on delete cascade,
  kind text not null check (kind in ('pause', 'resume', 'stop', 'cancel')),
  state text not null default 'running' check (state in ('running', 'done', 'superseded')),
  cause text not null default 'request' check (cause in ('request', 'error_rate')),
  asked_by text not null,
  reason text,
  grace_ms integer not null check (grace_ms >= 0),
  asked_at timestamptz not null default clock_timestamp(),
  done_at timestamptz,
  constraint done_when_over check ((state = 'running') = (done_at is null))
);
create index execution_operations_by_execution on execution_operations (execution_id, id desc);
select protect_tenant_table('execution_operations');

-- One row per lane that has something to do for an operation. Its worker writes it when it hears, and a few
-- times a second until its fetches are over: nothing of this is written per page.
create table operation_lanes (
  operation_id uuid not null references execution_operations on delete cascade,
  lane_id uuid not null,
  tenant_id uuid not null,
  lane_number integer not null,
  instance_id uuid,
  acknowledged_at timestamptz,
  in_flight_then integer,
  in_flight integer,
  finished_at timestamptz,
  primary key (operation_id, lane_id)
);
create index operation_lanes_open on operation_lanes (lane_id) where finished_at is null;
select protect_tenant_table('operation_lanes');
