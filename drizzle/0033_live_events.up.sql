-- Who follows events just now, and what was last told of a running execution.

-- When the progress of one of the campaign's executions was last told: at most ten times a second.
alter table campaign_metrics add column progress_told_at timestamptz;
-- Who follows a whole tenant asks for the last numbers of all its campaigns.
create index campaign_metrics_by_tenant on campaign_metrics (tenant_id);

-- What was last told of an execution that runs, and since when its errors are weighed. The row goes with the end.
create table execution_snapshots (
  execution_id uuid primary key references campaign_executions on delete cascade,
  tenant_id uuid not null references tenants on delete cascade,
  discovered bigint not null,
  fetched bigint not null,
  failed bigint not null,
  skipped bigint not null,
  errors bigint not null,
  told_at timestamptz not null default clock_timestamp(),
  -- The window in which errors are weighed: where the counters stood when it began.
  window_at timestamptz not null default clock_timestamp(),
  window_settled bigint not null default 0,
  window_errors bigint not null default 0
);
select protect_tenant_table('execution_snapshots');

-- Processes of the API. When the beats of one stop the others remove it, and with it whoever followed over it.
create table api_processes (
  id uuid primary key,
  host text not null,
  pid integer not null,
  started_at timestamptz not null default clock_timestamp(),
  heartbeat_at timestamptz not null default clock_timestamp()
);
grant select on api_processes to outrider_app;
grant select, insert, update, delete on api_processes to outrider_system;

-- One row per subscription of a client that is connected. No reference to the campaign: rows are written in batches,
-- and one campaign that is deleted meanwhile must not keep the others from theirs.
create table event_subscriptions (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  process_id uuid not null references api_processes on delete cascade,
  -- Null for one to all campaigns of the tenant.
  campaign_id uuid,
  execution_id uuid,
  api_key_id uuid not null,
  viewer_name text not null,
  transport text not null check (transport in ('sse', 'socket')),
  since timestamptz not null default clock_timestamp()
);
create index event_subscriptions_by_campaign on event_subscriptions (campaign_id);
create index event_subscriptions_by_process on event_subscriptions (process_id);
select protect_tenant_table('event_subscriptions');
