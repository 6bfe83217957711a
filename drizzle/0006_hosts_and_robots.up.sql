-- Politeness belongs to a host across all campaigns, tenants and workers, so none of these tables
-- has a tenant: a host's pace is the same whoever asks, and nothing here tells who asked.

create table crawl_hosts (
  -- host[:port] as in the URL: 'example.org', 'example.org:8080'.
  host text primary key,
  -- The earliest moment at which the next fetch of a paced host may start; reserved ahead by claims.
  next_fetch_at timestamptz not null default '-infinity',
  backoff_until timestamptz not null default '-infinity',
  backoff_reason text,
  consecutive_failures integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create trigger crawl_hosts_updated_at before update on crawl_hosts for each row execute function set_updated_at();
grant select, insert, update on crawl_hosts to outrider_app, outrider_system;

-- How many fetches a lane may have in flight on a host. They lapse with the lane's lease, so the
-- sum over live lanes never passes the limit, whoever dies.
create table host_permits (
  host text not null,
  lane_id uuid not null,
  lane_epoch bigint not null,
  permits integer not null check (permits >= 0),
  -- What the lane's campaign allows on the host at once, by all lanes together.
  host_limit integer not null check (host_limit >= 1),
  lease_until timestamptz not null,
  primary key (host, lane_id)
);
create index host_permits_by_lane on host_permits (lane_id);
create index host_permits_by_lease on host_permits (lease_until);
grant select, insert, update, delete on host_permits to outrider_app, outrider_system;

-- What an origin's robots.txt said, shared by all lanes. RFC 9309 section 2.4: kept at most 24 h.
create table robots_files (
  origin text primary key,
  outcome text not null check (outcome in ('rules', 'allow_all', 'unreachable')),
  status_code integer,
  body text,
  detail text,
  fetched_at timestamptz not null default now(),
  expires_at timestamptz not null
);
grant select, insert, update, delete on robots_files to outrider_app, outrider_system;
