-- Runs of a campaign, the lanes that crawl them, and the worker processes that take the lanes.

create table campaign_executions (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  campaign_id uuid not null references crawler_campaigns on delete cascade,
  number integer not null,
  execution_type text not null check (execution_type in ('manual', 'scheduled', 'api', 'event_driven')),
  status text not null default 'queued' check (status in
    ('queued', 'running', 'pausing', 'paused', 'stopping', 'completed', 'failed', 'stopped', 'cancelled')),
  end_reason text,
  config jsonb not null,
  config_revision integer not null,
  lane_count integer not null check (lane_count between 1 and 64),
  -- Hosts in scope: those of the seeds, and those that a seed redirects to. Lanes reload the list
  -- when the version differs from the one they hold.
  scope_hosts text[] not null default '{}',
  scope_version integer not null default 1,
  -- What the start transaction itself discovered; lanes count their own.
  seeds_discovered integer not null default 0,
  seeds_skipped integer not null default 0,
  started_at timestamptz,
  completed_at timestamptz,
  duration_seconds double precision,
  pages_crawled bigint not null default 0,
  errors_encountered bigint not null default 0,
  crawlers_used integer not null default 0,
  memory_peak_mb double precision,
  triggered_by text not null,
  trigger_reason text,
  -- The coverage receipt and the figures of the report, written once, at the end.
  result_summary jsonb,
  error_log jsonb,
  previous_execution_id uuid,
  -- When crawl_inlinks was made, after the end.
  inlinks_indexed_at timestamptz,
  last_progress_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (campaign_id, number),
  constraint started_when_running check (status in ('queued', 'cancelled', 'failed', 'stopping', 'stopped') or started_at is not null),
  constraint completed_when_terminal check ((status in ('completed', 'failed', 'stopped', 'cancelled')) = (completed_at is not null)),
  constraint end_reason_when_terminal check ((completed_at is null) = (end_reason is null)),
  constraint times_in_order check (completed_at is null or started_at is null or completed_at >= started_at)
);
create index campaign_executions_by_tenant on campaign_executions (tenant_id, id desc);
create index campaign_executions_by_campaign on campaign_executions (campaign_id, id desc);
create index campaign_executions_without_inlinks on campaign_executions (id)
  where completed_at is not null and inlinks_indexed_at is null;
create index campaign_executions_live on campaign_executions (status, id) where completed_at is null;
create trigger campaign_executions_updated_at before update on campaign_executions for each row execute function set_updated_at();
select protect_tenant_table('campaign_executions');

create table crawler_instances (
  id uuid primary key,
  host text not null,
  pid integer not null,
  version text not null,
  capabilities text[] not null default '{http}',
  capacity integer not null,
  state text not null default 'idle' check (state in ('idle', 'working', 'draining', 'gone')),
  lanes_active integer not null default 0,
  memory_usage_mb double precision,
  cpu_usage_percent double precision,
  started_at timestamptz not null default now(),
  heartbeat_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index crawler_instances_by_heartbeat on crawler_instances (heartbeat_at);
create trigger crawler_instances_updated_at before update on crawler_instances for each row execute function set_updated_at();
-- Workers serve every tenant, so these rows belong to none; they say nothing about what is crawled.
grant select on crawler_instances to outrider_app;
grant select, insert, update, delete on crawler_instances to outrider_system;

create table execution_lanes (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  execution_id uuid not null references campaign_executions on delete cascade,
  campaign_id uuid not null,
  lane_number integer not null,
  status text not null default 'waiting' check (status in ('waiting', 'active', 'finished')),
  instance_id uuid,
  -- The fencing token: raised each time a worker takes the lane. A write with an older one changes nothing.
  epoch bigint not null default 0,
  lease_until timestamptz,
  heartbeat_at timestamptz,
  dispatched_at timestamptz,
  -- This lane's share of the execution's counters, changed in the transactions that change the ledger.
  discovered bigint not null default 0,
  fetched bigint not null default 0,
  failed bigint not null default 0,
  skipped bigint not null default 0,
  in_flight integer not null default 0 check (in_flight >= 0),
  errors bigint not null default 0,
  wire_bytes bigint not null default 0,
  memory_peak_mb double precision not null default 0,
  waiting_reason text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (execution_id, lane_number),
  constraint leased_when_active check ((status = 'active') = (lease_until is not null))
);
create index execution_lanes_unfinished on execution_lanes (status, lease_until) where status <> 'finished';
create trigger execution_lanes_updated_at before update on execution_lanes for each row execute function set_updated_at();
select protect_tenant_table('execution_lanes');
