-- What went wrong, what happened, and how fast it went.

create table campaign_errors (
  -- A UUIDv7, so that a look-up by id alone finds the partition.
  id uuid not null,
  tenant_id uuid not null,
  campaign_id uuid not null,
  execution_id uuid not null,
  crawler_id uuid,
  error_type text not null check (error_type in
    ('network', 'timeout', 'http', 'parsing', 'validation', 'robot_blocked', 'limit', 'internal')),
  severity text not null check (severity in ('info', 'warning', 'error', 'critical')),
  error_code text not null,
  error_message text not null,
  error_stack text,
  url text,
  url_hash uuid,
  host text,
  http_status_code integer,
  retry_count integer not null default 0,
  resolved boolean not null default false,
  resolved_at timestamptz,
  resolution_notes text,
  context jsonb not null default '{}',
  occurred_at timestamptz not null default now(),
  primary key (id),
  constraint resolved_at_when_resolved check (resolved = (resolved_at is not null))
) partition by range (id);
create index campaign_errors_by_campaign on campaign_errors (campaign_id, id desc);
create index campaign_errors_by_execution on campaign_errors (execution_id, id desc);
select protect_tenant_table('campaign_errors');
select partition_by_month('campaign_errors', 'uuid_v7');

create table crawler_performance_metrics (
  instance_id uuid not null,
  recorded_at timestamptz not null default now(),
  tenant_id uuid not null,
  campaign_id uuid not null,
  execution_id uuid not null,
  lane_id uuid not null,
  pages_per_second double precision not null,
  average_response_time_ms double precision,
  success_rate double precision,
  error_rate double precision,
  cpu_usage_percent double precision not null,
  memory_usage_mb double precision not null,
  queue_size bigint not null,
  processed_count bigint not null,
  pending_count bigint not null,
  bandwidth_mbps double precision not null,
  requests_per_minute double precision not null,
  primary key (instance_id, lane_id, recorded_at)
) partition by range (recorded_at);
create index crawler_performance_metrics_by_campaign on crawler_performance_metrics (campaign_id, recorded_at desc);
select protect_tenant_table('crawler_performance_metrics');
select partition_by_month('crawler_performance_metrics', 'timestamptz');

-- The live counters of a campaign, and the number of its last event. Writers take this row's lock
-- last, so that event numbers have no holes and follow the order of commit.
create table campaign_metrics (
  campaign_id uuid primary key references crawler_campaigns on delete cascade,
  tenant_id uuid not null references tenants on delete cascade,
  last_event_seq bigint not null default 0,
  executions_total bigint not null default 0,
  pages_crawled bigint not null default 0,
  errors_encountered bigint not null default 0,
  urls_discovered bigint not null default 0,
  wire_bytes bigint not null default 0,
  last_activity_at timestamptz,
  updated_at timestamptz not null default now()
);
create trigger campaign_metrics_updated_at before update on campaign_metrics for each row execute function set_updated_at();
select protect_tenant_table('campaign_metrics');

create table campaign_analytics (
  campaign_id uuid not null references crawler_campaigns on delete cascade,
  period text not null check (period in ('execution', 'day')),
  -- The execution's id, or the day as YYYY-MM-DD (UTC).
  period_key text not null,
  tenant_id uuid not null references tenants on delete cascade,
  pages_crawled bigint not null default 0,
  errors_encountered bigint not null default 0,
  urls_discovered bigint not null default 0,
  wire_bytes bigint not null default 0,
  average_response_time_ms double precision,
  summary jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (campaign_id, period, period_key)
);
create trigger campaign_analytics_updated_at before update on campaign_analytics for each row execute function set_updated_at();
select protect_tenant_table('campaign_analytics');

create table event_stream (
  campaign_id uuid not null,
  seq bigint not null,
  tenant_id uuid not null,
  execution_id uuid,
  event_type text not null,
  payload jsonb not null default '{}',
  occurred_at timestamptz not null default now(),
  primary key (campaign_id, seq, occurred_at)
) partition by range (occurred_at);
create index event_stream_by_execution on event_stream (execution_id, seq);
select protect_tenant_table('event_stream');
select partition_by_month('event_stream', 'timestamptz');

create function delete_campaign_records() returns trigger language plpgsql as $$
begin
  delete from campaign_errors where campaign_id = old.id;
  delete from crawler_performance_metrics where campaign_id = old.id;
  delete from event_stream where campaign_id = old.id;
  return old;
end $$;
create trigger crawler_campaigns_delete_records after delete on crawler_campaigns
  for each row execute function delete_campaign_records();
