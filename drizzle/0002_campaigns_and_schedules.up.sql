-- What should be crawled, how, and when.

create table crawler_campaigns (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  name text not null,
  status text not null default 'active' check (status in ('active', 'archived')),
  config jsonb not null,
  config_revision integer not null default 1 check (config_revision >= 1),
  last_execution_number integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index crawler_campaigns_by_tenant on crawler_campaigns (tenant_id, id desc);
create trigger crawler_campaigns_updated_at before update on crawler_campaigns for each row execute function set_updated_at();
select protect_tenant_table('crawler_campaigns');

create table campaign_config_revisions (
  campaign_id uuid not null references crawler_campaigns on delete cascade,
  revision integer not null,
  tenant_id uuid not null references tenants on delete cascade,
  config jsonb not null,
  created_by uuid,
  created_at timestamptz not null default now(),
  primary key (campaign_id, revision)
);
select protect_tenant_table('campaign_config_revisions');

create table campaign_seeds (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  campaign_id uuid not null references crawler_campaigns on delete cascade,
  url text not null,
  url_key uuid not null,
  source text not null default 'manual' check (source in ('manual', 'import', 'sitemap')),
  created_at timestamptz not null default now(),
  unique (campaign_id, url_key)
);
create index campaign_seeds_in_order on campaign_seeds (campaign_id, id);
select protect_tenant_table('campaign_seeds');

create table crawler_schedules (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  campaign_id uuid not null references crawler_campaigns on delete cascade,
  name text not null,
  cron text not null,
  time_zone text not null default 'UTC',
  status text not null default 'active' check (status in ('active', 'paused', 'finished')),
  overlap_policy text not null default 'skip' check (overlap_policy in ('skip', 'buffer_one', 'cancel_running', 'allow')),
  catch_up_mode text not null default 'none' check (catch_up_mode in ('none', 'one', 'all')),
  catch_up_max integer not null default 1 check (catch_up_max between 1 and 1000),
  catch_up_window_seconds integer not null default 3600 check (catch_up_window_seconds >= 0),
  jitter_seconds integer not null default 0 check (jitter_seconds >= 0),
  blackouts jsonb not null default '[]',
  pause_after_failures integer check (pause_after_failures >= 1),
  consecutive_failures integer not null default 0,
  starts_at timestamptz,
  ends_at timestamptz,
  max_ticks integer check (max_ticks >= 1),
  next_tick_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index crawler_schedules_by_campaign on crawler_schedules (campaign_id, id);
create index crawler_schedules_due on crawler_schedules (next_tick_at) where status = 'active';
create trigger crawler_schedules_updated_at before update on crawler_schedules for each row execute function set_updated_at();
select protect_tenant_table('crawler_schedules');

create table schedule_ticks (
  schedule_id uuid not null references crawler_schedules on delete cascade,
  scheduled_for timestamptz not null,
  tenant_id uuid not null references tenants on delete cascade,
  fired_at timestamptz not null default now(),
  outcome text not null check (outcome in ('started', 'skipped', 'missed', 'failed', 'buffered')),
  reason text,
  execution_id uuid,
  primary key (schedule_id, scheduled_for)
);
select protect_tenant_table('schedule_ticks');
