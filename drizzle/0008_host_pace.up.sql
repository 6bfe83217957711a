-- How long an old robots.txt stands in for one that cannot be read any more is counted from its last reading;
-- since when it cannot be read is told to people.
alter table robots_files add column unreachable_since timestamptz;

-- Why and how often in a row a host is left alone, and how fast it answers.
alter table crawl_hosts
  add column backoff_cause text
    check (backoff_cause in ('retry_after', 'back_off', 'robots_unreachable', 'circuit_open')),
  add column backoff_level smallint not null default 0 check (backoff_level >= 0),
  -- Time to the first byte: what is usual for the host, and what it was lately. Milliseconds.
  add column baseline_ms real check (baseline_ms >= 0),
  add column response_ms real check (response_ms >= 0),
  -- Each step halves the fetches in flight, and then lengthens the pace.
  add column slow_level smallint not null default 0 check (slow_level between 0 and 8),
  add column slow_changed_at timestamptz not null default '-infinity';

alter table host_permits
  -- What the lane's campaign or the site's Crawl-delay asks for between two starts.
  add column delay_ms integer not null default 0 check (delay_ms >= 0),
  add column delay_cause text check (delay_cause in ('campaign_delay', 'crawl_delay')),
  -- The pace the lane works by: the slowest of all lanes on the host, once it has heard of it.
  add column pace_ms integer not null default 0 check (pace_ms >= 0);

-- Hosts that a tenant has told its campaigns to leave alone. Other tenants are not concerned.
create table host_freezes (
  tenant_id uuid not null references tenants (id) on delete cascade,
  host text not null,
  reason text not null,
  frozen_at timestamptz not null default now(),
  -- Null: until it is released.
  until timestamptz,
  primary key (tenant_id, host),
  check (until > frozen_at)
);
select protect_tenant_table('host_freezes');
