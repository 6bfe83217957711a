-- Who gets the next free lane is decided by rows: class, tenant, campaign, and how long a lane has waited.

-- The campaign's class and renderer as the execution pinned them, without reading the whole configuration.
alter table campaign_executions
  add column priority text not null generated always as (coalesce(config ->> 'priority', 'normal')) stored,
  add column renderer text not null generated always as (coalesce(config ->> 'renderer', 'http')) stored;

alter table execution_lanes
  -- Since when it waits for a worker: its place among equals.
  add column waiting_since timestamptz not null default now(),
  add column taken_at timestamptz,
  -- Set while its worker is asked to give the lane back, since others have less than their share.
  add column yield_requested_at timestamptz,
  -- When a worker first left it to another one with more room.
  add column passed_at timestamptz;
update execution_lanes set waiting_since = coalesce(heartbeat_at, created_at) where status = 'waiting';
create index execution_lanes_active_by_instance on execution_lanes (instance_id) where status = 'active';

-- One row. Whoever takes a lane locks it, so lanes are handed out one after the other, each by what all before left.
create table lane_sharing (
  only_row boolean primary key default true check (only_row),
  urgent_granted_at timestamptz,
  normal_granted_at timestamptz,
  backfill_granted_at timestamptz,
  -- The last lane taken with which every worker was full; null when there was room since.
  full_at timestamptz,
  -- Milliseconds between two such lanes, averaged over the last dozen or so.
  interval_ms double precision
);
insert into lane_sharing default values;
-- Says when lanes were taken, not whose: it belongs to no tenant.
grant select, update on lane_sharing to outrider_system;
