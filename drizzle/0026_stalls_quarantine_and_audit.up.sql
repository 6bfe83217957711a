-- What the stall doctor knows of an execution that has not ended. A table of its own: the execution's row is
-- locked by every claim, and a doctor that waited for claims would be as stuck as its patient.
create table execution_watches (
  execution_id uuid primary key references campaign_executions on delete cascade,
  tenant_id uuid not null references tenants on delete cascade,
  -- A number that changes whenever the execution gets anything done.
  progress_mark bigint not null,
  moved_at timestamptz not null default clock_timestamp(),
  stalled_at timestamptz,
  cause text check (cause in ('no_worker_alive', 'worker_stuck', 'leases_leaking', 'queue_and_ledger_apart',
    'host_backoff', 'host_frozen', 'database_slow', 'disk_full', 'poison_page', 'unexplained')),
  diagnosis jsonb,
  diagnosed_at timestamptz,
  -- What was done about it, oldest first: [{ "repair", "at", "detail" }].
  repairs jsonb not null default '[]',
  constraint stalled_with_a_cause check ((stalled_at is null) = (cause is null))
);
create index execution_watches_stalled on execution_watches (stalled_at) where stalled_at is not null;
select protect_tenant_table('execution_watches');

-- URLs that the lane's worker says it has in hand: fewer than are leased to the lane means that leases leak.
alter table execution_lanes add column held integer;

-- How a worker ended, as the supervisor that started its successor tells: 'SIGKILL', 'exit code 1'.
alter table crawler_instances add column ended_by text;

-- One row for each time a lane was taken from a silent worker, with what was last known of it and the URLs
-- it held: the evidence on which a URL is put into quarantine. No reference to the execution: evidence has an
-- age of its own.
create table lane_losses (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  campaign_id uuid not null references crawler_campaigns on delete cascade,
  execution_id uuid not null,
  lane_id uuid not null,
  epoch bigint not null,
  instance_id uuid,
  host text,
  pid integer,
  version text,
  ended_by text,
  instance_state text,
  memory_usage_mb double precision,
  cpu_usage_percent double precision,
  last_heartbeat_at timestamptz,
  lost_at timestamptz not null default clock_timestamp(),
  url_keys uuid[] not null
);
create index lane_losses_by_execution on lane_losses (execution_id, id);
create index lane_losses_by_age on lane_losses (lost_at);
create index lane_losses_by_instance on lane_losses (instance_id) where instance_id is not null;
select protect_tenant_table('lane_losses');

create table quarantined_urls (
  execution_id uuid not null,
  url_key uuid not null,
  tenant_id uuid not null references tenants on delete cascade,
  campaign_id uuid not null references crawler_campaigns on delete cascade,
  url text not null,
  host text not null,
  -- Lanes that died while they held it.
  losses integer not null,
  quarantined_at timestamptz not null default clock_timestamp(),
  retried_at timestamptz,
  retried_by text,
  -- The execution that tries it again: this one, or one of its own when this one has ended.
  retry_execution_id uuid,
  primary key (execution_id, url_key),
  constraint retried_whole check ((retried_at is null) = (retried_by is null) and (retried_at is null) = (retry_execution_id is null))
);
create index quarantined_urls_by_age on quarantined_urls (quarantined_at);
select protect_tenant_table('quarantined_urls');

-- The audit log by month, so that what is too old leaves by dropping a month: nobody is ever given the right to
-- delete or change an entry. Who, on what, from where: named in the row itself, since keys and campaigns may be
-- gone when it is read.
alter table audit_log rename to audit_log_before;
alter table audit_log_before rename constraint audit_log_pkey to audit_log_before_pkey;
drop index audit_log_by_tenant;
create table audit_log (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  api_key_id uuid,
  api_key_name text,
  action text not null,
  subject_type text not null,
  subject_id text,
  campaign_id uuid,
  execution_id uuid,
  remote_address text,
  user_agent text,
  request_id text,
  -- What it was and what it became, in short; null where there was nothing, or is nothing any more.
  before jsonb,
  after jsonb,
  detail jsonb not null default '{}',
  occurred_at timestamptz not null default now()
) partition by range (id);
create index audit_log_by_tenant on audit_log (tenant_id, id desc);
create index audit_log_by_campaign on audit_log (campaign_id, id desc) where campaign_id is not null;
select protect_tenant_table('audit_log');
revoke update, delete on audit_log from outrider_app, outrider_system;
select partition_by_month('audit_log', 'uuid_v7');
insert into audit_log (id, tenant_id, api_key_id, action, subject_type, subject_id, remote_address, request_id, detail, occurred_at)
  select id, tenant_id, api_key_id, action, subject_type, subject_id, remote_address, request_id, detail, occurred_at
  from audit_log_before;
drop table audit_log_before;
