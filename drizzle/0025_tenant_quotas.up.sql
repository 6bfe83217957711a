-- What a tenant may use: executions at a time, pages per day (UTC).

create table tenant_quotas (
  tenant_id uuid primary key references tenants on delete cascade,
  -- Null: no limit. 0: nothing may start.
  max_running_executions integer check (max_running_executions >= 0),
  max_pages_per_day bigint check (max_pages_per_day >= 0),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create trigger tenant_quotas_updated_at before update on tenant_quotas for each row execute function set_updated_at();
select protect_tenant_table('tenant_quotas');
-- Read by those it binds, set by the platform alone.
revoke insert, update, delete on tenant_quotas from outrider_app;

-- Pages booked by the lanes of a tenant that has a quota: fetched, in flight, or set aside for a lane.
create table tenant_page_days (
  tenant_id uuid not null references tenants on delete cascade,
  day date not null,
  pages bigint not null default 0 check (pages >= 0),
  primary key (tenant_id, day)
);
select protect_tenant_table('tenant_page_days');

alter table execution_lanes
  -- Pages of the day that were set aside for this lane and are neither fetched nor in flight.
  add column page_allowance bigint not null default 0,
  -- The day they belong to; null for a lane of a tenant without a quota.
  add column page_day date;
