-- The schema that the migrations make. Written by scripts/dump-schema.mjs; do not edit.

-- Functions in SQL name tables that come after them.
set check_function_bodies = off;

-- Roles (of the server, not of the database)
-- role outrider_app: nologin nosuperuser nobypassrls noinherit
-- role outrider_system: nologin nosuperuser nobypassrls noinherit

-- Functions
CREATE OR REPLACE FUNCTION public.count_added_errors()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into campaign_error_counts as kept (execution_id, tenant_id, error_type, error_code, host, severity, errors,
    unresolved, first_seen, last_seen)
  select execution_id, tenant_id, error_type, error_code, host, severity, count(*), count(*) filter (where not resolved),
    min(occurred_at), max(occurred_at)
  from added_errors
  -- An execution that is being removed has no counts any more.
  where exists (select from campaign_executions execution where execution.id = added_errors.execution_id)
  group by execution_id, tenant_id, error_type, error_code, host, severity
  order by execution_id, error_code, host, error_type, severity
  on conflict (execution_id, error_code, host, error_type, severity) do update
  set errors = kept.errors + excluded.errors, unresolved = kept.unresolved + excluded.unresolved,
    first_seen = least(kept.first_seen, excluded.first_seen), last_seen = greatest(kept.last_seen, excluded.last_seen);
  return null;
end $function$;
CREATE OR REPLACE FUNCTION public.count_campaign_seeds()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update crawler_campaigns campaign
  set seed_count = seed_count + case when tg_op = 'INSERT' then changed.count else -changed.count end
  from (select campaign_id, count(*) from changed_seeds group by campaign_id) changed
  where campaign.id = changed.campaign_id;
  return null;
end $function$;
CREATE OR REPLACE FUNCTION public.count_changed_errors()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  changed record;
begin
  for changed in
    select error.execution_id, error.error_type, error.error_code, error.host, error.severity,
      sum(case when error.resolved then -1 else 1 end) as opened
    from new_errors error join old_errors former using (id)
    where error.resolved <> former.resolved
    group by 1, 2, 3, 4, 5 order by error.execution_id, error.error_code, error.host, error.error_type, error.severity
  loop
    update campaign_error_counts
    set unresolved = unresolved + changed.opened
    where execution_id = changed.execution_id and error_code = changed.error_code and error_type = changed.error_type
      and severity = changed.severity and host is not distinct from changed.host;
  end loop;
  return null;
end $function$;
CREATE OR REPLACE FUNCTION public.create_month_partition(parent text, month date)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
declare
  kind text := (select key_kind from partitioned_tables where table_name = parent);
  partition_name text := parent || '_' || to_char(month, 'YYYYMM');
  low timestamptz := date_trunc('month', month::timestamp) at time zone 'UTC';
  high timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') at time zone 'UTC';
  bounds text;
begin
  if to_regclass(format('public.%I', partition_name)) is not null then
    return false;
  end if;
  case kind
    when 'uuid_v7' then bounds := format('(%L) to (%L)', uuid_v7_floor(low), uuid_v7_floor(high));
    when 'timestamptz' then bounds := format('(%L) to (%L)', low, high);
    else raise exception '% is not registered in partitioned_tables', parent;
  end case;
  execute format('create table public.%I partition of public.%I for values from %s', partition_name, parent, bounds);
  execute format('alter table public.%I enable row level security', partition_name);
  execute format('alter table public.%I force row level security', partition_name);
  return true;
exception when check_violation then
  return false;
end $function$;
CREATE OR REPLACE FUNCTION public.delete_campaign_records()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  delete from campaign_errors where campaign_id = old.id;
  delete from crawler_performance_metrics where campaign_id = old.id;
  delete from event_stream where campaign_id = old.id;
  return old;
end $function$;
CREATE OR REPLACE FUNCTION public.delete_execution_records()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  delete from crawl_inlinks where execution_id = old.id;
  delete from crawl_links where execution_id = old.id;
  delete from crawl_results where execution_id = old.id;
  delete from url_discovery_log where execution_id = old.id;
  delete from crawl_targets where execution_id = old.id;
  return old;
end $function$;
CREATE OR REPLACE FUNCTION public.delete_execution_screenshots()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  delete from page_screenshots where execution_id = old.id;
  return old;
end $function$;
CREATE OR REPLACE FUNCTION public.delete_execution_sitemap_urls()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  delete from sitemap_differences where execution_id = old.id;
  delete from sitemap_urls where execution_id = old.id;
  return old;
end $function$;
CREATE OR REPLACE FUNCTION public.drop_month_partition(parent text, month_start date)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET lock_timeout TO '200ms'
AS $function$
declare
  partition_name text := parent || '_' || to_char(month_start, 'YYYYMM');
begin
  if not exists (select from partitioned_tables where table_name = parent) then
    raise exception '% is not registered in partitioned_tables', parent;
  end if;
  if (month_start::timestamp + interval '1 month') at time zone 'UTC' > now() then
    raise exception '% is not over', to_char(month_start, 'YYYY-MM');
  end if;
  if to_regclass(format('public.%I', partition_name)) is null then
    return false;
  end if;
  execute format('alter table public.%I detach partition public.%I', parent, partition_name);
  execute format('drop table public.%I', partition_name);
  return true;
end $function$;
CREATE OR REPLACE FUNCTION public.ensure_partitions(months_ahead integer DEFAULT 2)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  made integer := 0;
  parent text;
  step integer;
begin
  if months_ahead not between 0 and 24 then
    raise exception 'months_ahead must be between 0 and 24, got %', months_ahead;
  end if;
  perform pg_advisory_xact_lock(hashtext('outrider.ensure_partitions'));
  for parent in select table_name from partitioned_tables order by table_name loop
    for step in 0..months_ahead loop
      if create_month_partition(parent, (date_trunc('month', now() at time zone 'UTC') + make_interval(months => step))::date) then
        made := made + 1;
      end if;
    end loop;
  end loop;
  return made;
end $function$;
CREATE OR REPLACE FUNCTION public.partition_by_month(parent text, kind text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  default_partition text := parent || '_default';
  step integer;
begin
  insert into partitioned_tables (table_name, key_kind) values (parent, kind);
  execute format('create table public.%I partition of public.%I default', default_partition, parent);
  execute format('alter table public.%I enable row level security', default_partition);
  execute format('alter table public.%I force row level security', default_partition);
  for step in 0..2 loop
    perform create_month_partition(parent, (date_trunc('month', now() at time zone 'UTC') + make_interval(months => step))::date);
  end loop;
end $function$;
CREATE OR REPLACE FUNCTION public.past_month_partitions()
 RETURNS TABLE(parent text, partition_name text, month_start date)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  return query
    select registered.table_name, child.relname::text, to_date(right(child.relname, 6), 'YYYYMM')
    from partitioned_tables registered
    join pg_inherits on inhparent = format('public.%I', registered.table_name)::regclass
    join pg_class child on child.oid = inhrelid
    where child.relname ~ '_[0-9]{6}$'
      and right(child.relname, 6) < to_char(now() at time zone 'UTC', 'YYYYMM')
    order by right(child.relname, 6), 1;
end $function$;
CREATE OR REPLACE FUNCTION public.protect_tenant_table(target regclass, tenant_column text DEFAULT 'tenant_id'::text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy tenant_isolation on %s to outrider_app
       using (%I = (select nullif(current_setting(''app.tenant_id'', true), '''')::uuid))
       with check (%I = (select nullif(current_setting(''app.tenant_id'', true), '''')::uuid))',
    target, tenant_column, tenant_column);
  execute format('create policy system_access on %s to outrider_system using (true) with check (true)', target);
  execute format('grant select, insert, update, delete on %s to outrider_app, outrider_system', target);
end $function$;
CREATE OR REPLACE FUNCTION public.set_updated_at()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.updated_at := clock_timestamp();
  return new;
end $function$;
CREATE OR REPLACE FUNCTION public.uuid_v7_floor(moment timestamp with time zone)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE STRICT
AS $function$
  select (lpad(to_hex(floor(extract(epoch from moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$function$;

-- Sequences
create sequence crawl_target_order as bigint start 1 increment 1 cache 64;

-- Tables
create table api_keys (
  id uuid not null,
  tenant_id uuid not null,
  name text not null,
  public_id text not null,
  environment text not null,
  secret_hash bytea not null,
  last_four text not null,
  scope text not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  last_used_at timestamp with time zone
);
create table api_processes (
  id uuid not null,
  host text not null,
  pid integer not null,
  started_at timestamp with time zone default clock_timestamp() not null,
  heartbeat_at timestamp with time zone default clock_timestamp() not null
);
create table audit_log (
  id uuid not null,
  tenant_id uuid not null,
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
  before jsonb,
  after jsonb,
  detail jsonb default '{}'::jsonb not null,
  occurred_at timestamp with time zone default now() not null
) partition by RANGE (id);
create table campaign_analytics (
  campaign_id uuid not null,
  period text not null,
  period_key text not null,
  tenant_id uuid not null,
  pages_crawled bigint default 0 not null,
  errors_encountered bigint default 0 not null,
  urls_discovered bigint default 0 not null,
  wire_bytes bigint default 0 not null,
  average_response_time_ms double precision,
  summary jsonb default '{}'::jsonb not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  executions integer default 1 not null
);
create table campaign_config_revisions (
  campaign_id uuid not null,
  revision integer not null,
  tenant_id uuid not null,
  config jsonb not null,
  created_by uuid,
  created_at timestamp with time zone default now() not null
);
create table campaign_error_counts (
  execution_id uuid not null,
  tenant_id uuid not null,
  error_type text not null,
  error_code text not null,
  host text,
  severity text not null,
  errors bigint not null,
  unresolved bigint not null,
  first_seen timestamp with time zone not null,
  last_seen timestamp with time zone not null
);
create table campaign_errors (
  id uuid not null,
  tenant_id uuid not null,
  campaign_id uuid not null,
  execution_id uuid not null,
  crawler_id uuid,
  error_type text not null,
  severity text not null,
  error_code text not null,
  error_message text not null,
  error_stack text,
  url text,
  url_hash uuid,
  host text,
  http_status_code integer,
  retry_count integer default 0 not null,
  resolved boolean default false not null,
  resolved_at timestamp with time zone,
  resolution_notes text,
  context jsonb default '{}'::jsonb not null,
  occurred_at timestamp with time zone default now() not null
) partition by RANGE (id);
create table campaign_executions (
  id uuid not null,
  tenant_id uuid not null,
  campaign_id uuid not null,
  number integer not null,
  execution_type text not null,
  status text default 'queued'::text not null,
  end_reason text,
  config jsonb not null,
  config_revision integer not null,
  lane_count integer not null,
  scope_hosts text[] default '{}'::text[] not null,
  scope_version integer default 1 not null,
  seeds_discovered integer default 0 not null,
  seeds_skipped integer default 0 not null,
  started_at timestamp with time zone,
  completed_at timestamp with time zone,
  duration_seconds double precision,
  pages_crawled bigint default 0 not null,
  errors_encountered bigint default 0 not null,
  crawlers_used integer default 0 not null,
  memory_peak_mb double precision,
  triggered_by text not null,
  trigger_reason text,
  result_summary jsonb,
  error_log jsonb,
  previous_execution_id uuid,
  inlinks_indexed_at timestamp with time zone,
  last_progress_at timestamp with time zone default now() not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  sitemaps_compared_at timestamp with time zone,
  judged_version integer default 1 not null,
  desired_state text default 'run'::text not null,
  desired_by text,
  desired_cause text default 'request'::text not null,
  cut_at timestamp with time zone,
  operation_id uuid,
  paused_at timestamp with time zone,
  paused_seconds double precision default 0 not null,
  rate_base_pages bigint default 0 not null,
  rate_base_errors bigint default 0 not null,
  repeats_execution_id uuid,
  scope_revision integer,
  scope_cursor uuid,
  scope_skipped bigint default 0 not null,
  priority text generated always as (COALESCE((config ->> 'priority'::text), 'normal'::text)) stored not null,
  renderer text generated always as (COALESCE((config ->> 'renderer'::text), 'http'::text)) stored not null,
  waited_seconds double precision default 0 not null,
  resumed_at timestamp with time zone,
  analyzed_at timestamp with time zone,
  structure_stored_at timestamp with time zone
);
create table campaign_metrics (
  campaign_id uuid not null,
  tenant_id uuid not null,
  last_event_seq bigint default 0 not null,
  executions_total bigint default 0 not null,
  pages_crawled bigint default 0 not null,
  errors_encountered bigint default 0 not null,
  urls_discovered bigint default 0 not null,
  wire_bytes bigint default 0 not null,
  last_activity_at timestamp with time zone,
  updated_at timestamp with time zone default now() not null,
  progress_told_at timestamp with time zone,
  pages_day date,
  pages_of_day bigint default 0 not null
);
create table campaign_seeds (
  id uuid not null,
  tenant_id uuid not null,
  campaign_id uuid not null,
  url text not null,
  url_key uuid not null,
  source text default 'manual'::text not null,
  created_at timestamp with time zone default now() not null
);
create table crawl_hosts (
  host text not null,
  next_fetch_at timestamp with time zone default '-infinity'::timestamp with time zone not null,
  backoff_until timestamp with time zone default '-infinity'::timestamp with time zone not null,
  backoff_reason text,
  consecutive_failures integer default 0 not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  backoff_cause text,
  backoff_level smallint default 0 not null,
  baseline_ms real,
  response_ms real,
  slow_level smallint default 0 not null,
  slow_changed_at timestamp with time zone default '-infinity'::timestamp with time zone not null
);
create table crawl_inlinks (
  execution_id uuid not null,
  target_key uuid not null,
  last_source_key uuid not null,
  tenant_id uuid not null,
  source_keys uuid[] not null
) partition by RANGE (execution_id);
create table crawl_links (
  execution_id uuid not null,
  source_key uuid not null,
  tenant_id uuid not null,
  link_count integer not null,
  target_keys uuid[] not null,
  links text not null
) partition by RANGE (execution_id);
create table crawl_results (
  execution_id uuid not null,
  url_key uuid not null,
  tenant_id uuid not null,
  campaign_id uuid not null,
  url text not null,
  host text not null,
  depth smallint,
  status_code smallint not null,
  content_type text,
  is_html boolean default false not null,
  attempt smallint default 1 not null,
  fetched_at timestamp with time zone not null,
  ttfb_ms real,
  total_ms real not null,
  wire_bytes bigint default 0 not null,
  decoded_bytes bigint default 0 not null,
  redirect_url text,
  redirect_key uuid,
  title text,
  description text,
  h1 text,
  canonical_url text,
  indexable boolean not null,
  indexability_reason text,
  language text,
  word_count integer,
  internal_links integer default 0 not null,
  external_links integer default 0 not null,
  body_hash bytea,
  text_hash bytea,
  response jsonb not null,
  page jsonb,
  title_length smallint,
  title_pixels smallint,
  description_length smallint,
  description_pixels smallint,
  main_text_hash bytea,
  simhash bigint,
  soft404_score real,
  rendering jsonb
) partition by RANGE (execution_id);
create table crawl_targets (
  execution_id uuid not null,
  url_key uuid not null,
  tenant_id uuid not null,
  url text not null,
  host text not null,
  depth smallint not null,
  priority smallint default 0 not null,
  discovery_order bigint default nextval('crawl_target_order'::regclass) not null,
  state text default 'pending'::text not null,
  attempt smallint default 0 not null,
  lease_losses smallint default 0 not null,
  lane_id uuid,
  lane_epoch bigint,
  not_before timestamp with time zone default '-infinity'::timestamp with time zone not null,
  is_seed boolean default false not null,
  redirect_hops jsonb,
  failure_code text,
  settled_at timestamp with time zone
) partition by RANGE (execution_id);
create table crawler_campaigns (
  id uuid not null,
  tenant_id uuid not null,
  name text not null,
  status text default 'active'::text not null,
  config jsonb not null,
  config_revision integer default 1 not null,
  last_execution_number integer default 0 not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  seed_count bigint default 0 not null,
  deleted_at timestamp with time zone,
  removed_at timestamp with time zone
);
create table crawler_instances (
  id uuid not null,
  host text not null,
  pid integer not null,
  version text not null,
  capabilities text[] default '{http}'::text[] not null,
  capacity integer not null,
  state text default 'idle'::text not null,
  lanes_active integer default 0 not null,
  memory_usage_mb double precision,
  cpu_usage_percent double precision,
  started_at timestamp with time zone default now() not null,
  heartbeat_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  ended_by text,
  passed_over_at timestamp with time zone,
  browser_trouble text,
  supervised boolean default false not null
);
create table crawler_performance_metrics (
  instance_id uuid not null,
  recorded_at timestamp with time zone default now() not null,
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
  resolution text default 'sample'::text not null,
  seconds double precision default 5 not null
) partition by RANGE (recorded_at);
create table crawler_schedules (
  id uuid not null,
  tenant_id uuid not null,
  campaign_id uuid not null,
  name text not null,
  cron text not null,
  time_zone text default 'UTC'::text not null,
  status text default 'active'::text not null,
  overlap_policy text default 'skip'::text not null,
  catch_up_mode text default 'one'::text not null,
  catch_up_max integer default 1 not null,
  catch_up_window_seconds integer default 3600 not null,
  jitter_seconds integer default 0 not null,
  blackouts jsonb default '[]'::jsonb not null,
  pause_after_failures integer,
  consecutive_failures integer default 0 not null,
  starts_at timestamp with time zone,
  ends_at timestamp with time zone,
  max_runs integer,
  next_tick_at timestamp with time zone,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  status_reason text,
  runs_started integer default 0 not null,
  next_due_at timestamp with time zone,
  zone_rules text default ''::text not null,
  deleted_at timestamp with time zone,
  planned_from timestamp with time zone
);
create table dashboard_sessions (
  id uuid not null,
  tenant_id uuid not null,
  api_key_id uuid not null,
  token_hash bytea not null,
  remote_address text,
  user_agent text,
  created_at timestamp with time zone default now() not null,
  last_seen_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone not null
);
create table event_stream (
  campaign_id uuid not null,
  seq bigint not null,
  tenant_id uuid not null,
  execution_id uuid,
  event_type text not null,
  payload jsonb default '{}'::jsonb not null,
  occurred_at timestamp with time zone default now() not null
) partition by RANGE (occurred_at);
create table event_subscriptions (
  id uuid not null,
  tenant_id uuid not null,
  process_id uuid not null,
  campaign_id uuid,
  execution_id uuid,
  api_key_id uuid not null,
  viewer_name text not null,
  transport text not null,
  since timestamp with time zone default clock_timestamp() not null
);
create table execution_lanes (
  id uuid not null,
  tenant_id uuid not null,
  execution_id uuid not null,
  campaign_id uuid not null,
  lane_number integer not null,
  status text default 'waiting'::text not null,
  instance_id uuid,
  epoch bigint default 0 not null,
  lease_until timestamp with time zone,
  heartbeat_at timestamp with time zone,
  dispatched_at timestamp with time zone,
  discovered bigint default 0 not null,
  fetched bigint default 0 not null,
  failed bigint default 0 not null,
  skipped bigint default 0 not null,
  in_flight integer default 0 not null,
  errors bigint default 0 not null,
  wire_bytes bigint default 0 not null,
  memory_peak_mb double precision default 0 not null,
  waiting_reason text,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  last_batch bigint default 0 not null,
  waiting_since timestamp with time zone default now() not null,
  taken_at timestamp with time zone,
  yield_requested_at timestamp with time zone,
  passed_at timestamp with time zone,
  page_allowance bigint default 0 not null,
  page_day date,
  held integer
);
create table execution_operations (
  id uuid not null,
  tenant_id uuid not null,
  campaign_id uuid not null,
  execution_id uuid not null,
  kind text not null,
  state text default 'running'::text not null,
  cause text default 'request'::text not null,
  asked_by text not null,
  reason text,
  grace_ms integer not null,
  asked_at timestamp with time zone default clock_timestamp() not null,
  done_at timestamp with time zone
);
create table execution_robots (
  execution_id uuid not null,
  origin text not null,
  told_at timestamp with time zone default clock_timestamp() not null,
  tenant_id uuid not null,
  outcome text not null,
  detail text,
  body_hash bytea,
  fetched_at timestamp with time zone not null
);
create table execution_sitemaps (
  id uuid not null,
  tenant_id uuid not null,
  execution_id uuid not null,
  campaign_id uuid not null,
  url text not null,
  url_key uuid not null,
  host text not null,
  parent_id uuid,
  found_in text not null,
  depth smallint default 0 not null,
  redirects smallint default 0 not null,
  state text default 'pending'::text not null,
  lane_id uuid,
  lane_epoch bigint,
  attempt smallint default 0 not null,
  lease_losses smallint default 0 not null,
  not_before timestamp with time zone default '-infinity'::timestamp with time zone not null,
  format text,
  http_status_code smallint,
  content_type text,
  wire_bytes bigint default 0 not null,
  decoded_bytes bigint default 0 not null,
  entries integer default 0 not null,
  urls_in_scope integer default 0 not null,
  files_named integer default 0 not null,
  dropped jsonb default '{}'::jsonb not null,
  newest_lastmod timestamp with time zone,
  error_code text,
  error_message text,
  created_at timestamp with time zone default now() not null,
  settled_at timestamp with time zone,
  updated_at timestamp with time zone default now() not null,
  pinned_id uuid
);
create table execution_snapshots (
  execution_id uuid not null,
  tenant_id uuid not null,
  discovered bigint not null,
  fetched bigint not null,
  failed bigint not null,
  skipped bigint not null,
  errors bigint not null,
  told_at timestamp with time zone default clock_timestamp() not null,
  window_at timestamp with time zone default clock_timestamp() not null,
  window_settled bigint default 0 not null,
  window_errors bigint default 0 not null
);
create table execution_structures (
  execution_id uuid not null,
  tenant_id uuid not null,
  structure jsonb not null
);
create table execution_watches (
  execution_id uuid not null,
  tenant_id uuid not null,
  progress_mark bigint not null,
  moved_at timestamp with time zone default clock_timestamp() not null,
  stalled_at timestamp with time zone,
  cause text,
  diagnosis jsonb,
  diagnosed_at timestamp with time zone,
  repairs jsonb default '[]'::jsonb not null
);
create table expired_executions (
  execution_id uuid not null,
  tenant_id uuid not null,
  campaign_id uuid not null,
  expired_at timestamp with time zone default clock_timestamp() not null
);
create table host_freezes (
  tenant_id uuid not null,
  host text not null,
  reason text not null,
  frozen_at timestamp with time zone default now() not null,
  until timestamp with time zone
);
create table host_permits (
  host text not null,
  lane_id uuid not null,
  lane_epoch bigint not null,
  permits integer not null,
  host_limit integer not null,
  lease_until timestamp with time zone not null,
  delay_ms integer default 0 not null,
  delay_cause text,
  pace_ms integer default 0 not null,
  tenant_key uuid,
  campaign_key uuid,
  asked_at timestamp with time zone default now(),
  turn_at timestamp with time zone
);
create table idempotency_keys (
  tenant_id uuid not null,
  key text not null,
  request_hash bytea not null,
  response_status integer,
  response_body jsonb,
  created_at timestamp with time zone default now() not null
);
create table lane_losses (
  id uuid not null,
  tenant_id uuid not null,
  campaign_id uuid not null,
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
  last_heartbeat_at timestamp with time zone,
  lost_at timestamp with time zone default clock_timestamp() not null,
  url_keys uuid[] not null
);
create table lane_sharing (
  only_row boolean default true not null,
  urgent_granted_at timestamp with time zone,
  normal_granted_at timestamp with time zone,
  backfill_granted_at timestamp with time zone,
  full_at timestamp with time zone,
  interval_ms double precision
);
create table operation_lanes (
  operation_id uuid not null,
  lane_id uuid not null,
  tenant_id uuid not null,
  lane_number integer not null,
  instance_id uuid,
  acknowledged_at timestamp with time zone,
  in_flight_then integer,
  in_flight integer,
  finished_at timestamp with time zone
);
create table page_screenshots (
  execution_id uuid not null,
  url_key uuid not null,
  tenant_id uuid not null,
  format text not null,
  width integer not null,
  height integer not null,
  bytes bytea not null,
  taken_at timestamp with time zone not null
) partition by RANGE (execution_id);
create table partitioned_tables (
  table_name text not null,
  key_kind text not null
);
create table quarantined_urls (
  execution_id uuid not null,
  url_key uuid not null,
  tenant_id uuid not null,
  campaign_id uuid not null,
  url text not null,
  host text not null,
  losses integer not null,
  quarantined_at timestamp with time zone default clock_timestamp() not null,
  retried_at timestamp with time zone,
  retried_by text,
  retry_execution_id uuid
);
create table robots_bodies (
  body_hash bytea not null,
  body text not null,
  last_used_at timestamp with time zone default now() not null
);
create table robots_files (
  origin text not null,
  outcome text not null,
  status_code integer,
  detail text,
  fetched_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone not null,
  unreachable_since timestamp with time zone,
  body_hash bytea
);
create table schedule_ticks (
  schedule_id uuid not null,
  scheduled_for timestamp with time zone not null,
  tenant_id uuid not null,
  fired_at timestamp with time zone default now() not null,
  outcome text not null,
  reason text not null,
  execution_id uuid,
  campaign_id uuid not null,
  kind text default 'planned'::text not null,
  due_at timestamp with time zone not null,
  detail text,
  execution_status text
);
create table schema_migrations (
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone default now() not null
);
create table sign_in_links (
  id uuid not null,
  tenant_id uuid not null,
  api_key_id uuid not null,
  token_hash bytea not null,
  created_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone
);
create table sitemap_differences (
  execution_id uuid not null,
  difference text not null,
  last_url_key uuid not null,
  tenant_id uuid not null,
  url_keys uuid[] not null
) partition by RANGE (execution_id);
create table sitemap_urls (
  execution_id uuid not null,
  url_key uuid not null,
  sitemap_id uuid not null,
  tenant_id uuid not null,
  lastmod timestamp with time zone,
  changefreq text,
  priority real,
  alternates jsonb
) partition by RANGE (execution_id);
create table tenant_page_days (
  tenant_id uuid not null,
  day date not null,
  pages bigint default 0 not null
);
create table tenant_quotas (
  tenant_id uuid not null,
  max_running_executions integer,
  max_pages_per_day bigint,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null
);
create table tenants (
  id uuid not null,
  name text not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null
);
create table trap_budgets (
  execution_id uuid not null,
  budget_key uuid not null,
  tenant_id uuid not null,
  option text not null,
  pattern text not null,
  unit text,
  taken integer default 0 not null,
  refused bigint default 0 not null
);
create table url_discovery_log (
  execution_id uuid not null,
  url_hash uuid not null,
  tenant_id uuid not null,
  campaign_id uuid not null,
  discovered_url text not null,
  host text not null,
  source_url text,
  discovery_method text not null,
  url_depth smallint,
  is_internal boolean not null,
  should_crawl boolean not null,
  skip_reason text,
  skip_rule text,
  priority_score smallint default 0 not null,
  discovered_at timestamp with time zone default now() not null
) partition by RANGE (execution_id);
create table audit_log_default partition of audit_log default;
create table campaign_errors_default partition of campaign_errors default;
create table crawl_inlinks_default partition of crawl_inlinks default;
create table crawl_links_default partition of crawl_links default;
create table crawl_results_default partition of crawl_results default;
create table crawl_targets_default partition of crawl_targets default;
create table crawler_performance_metrics_default partition of crawler_performance_metrics default;
create table event_stream_default partition of event_stream default;
create table page_screenshots_default partition of page_screenshots default;
create table sitemap_differences_default partition of sitemap_differences default;
create table sitemap_urls_default partition of sitemap_urls default;
create table url_discovery_log_default partition of url_discovery_log default;

-- Constraints
alter table api_keys add constraint api_keys_pkey PRIMARY KEY (id);
alter table api_keys add constraint api_keys_public_id_key UNIQUE (public_id);
alter table api_processes add constraint api_processes_pkey PRIMARY KEY (id);
alter table audit_log add constraint audit_log_pkey PRIMARY KEY (id);
alter table campaign_analytics add constraint campaign_analytics_pkey PRIMARY KEY (campaign_id, period, period_key);
alter table campaign_config_revisions add constraint campaign_config_revisions_pkey PRIMARY KEY (campaign_id, revision);
alter table campaign_error_counts add constraint campaign_error_counts_execution_id_error_code_host_error_ty_key UNIQUE NULLS NOT DISTINCT (execution_id, error_code, host, error_type, severity);
alter table campaign_errors add constraint campaign_errors_pkey PRIMARY KEY (id);
alter table campaign_executions add constraint campaign_executions_campaign_id_number_key UNIQUE (campaign_id, number);
alter table campaign_executions add constraint campaign_executions_pkey PRIMARY KEY (id);
alter table campaign_metrics add constraint campaign_metrics_pkey PRIMARY KEY (campaign_id);
alter table campaign_seeds add constraint campaign_seeds_campaign_id_url_key_key UNIQUE (campaign_id, url_key);
alter table campaign_seeds add constraint campaign_seeds_pkey PRIMARY KEY (id);
alter table crawl_hosts add constraint crawl_hosts_pkey PRIMARY KEY (host);
alter table crawl_inlinks add constraint crawl_inlinks_pkey PRIMARY KEY (execution_id, target_key, last_source_key);
alter table crawl_links add constraint crawl_links_pkey PRIMARY KEY (execution_id, source_key);
alter table crawl_results add constraint crawl_results_pkey PRIMARY KEY (execution_id, url_key);
alter table crawl_targets add constraint crawl_targets_pkey PRIMARY KEY (execution_id, url_key);
alter table crawler_campaigns add constraint crawler_campaigns_pkey PRIMARY KEY (id);
alter table crawler_instances add constraint crawler_instances_pkey PRIMARY KEY (id);
alter table crawler_performance_metrics add constraint crawler_performance_metrics_pkey PRIMARY KEY (instance_id, tenant_id, recorded_at, lane_id);
alter table crawler_schedules add constraint crawler_schedules_pkey PRIMARY KEY (id);
alter table dashboard_sessions add constraint dashboard_sessions_pkey PRIMARY KEY (id);
alter table dashboard_sessions add constraint dashboard_sessions_token_hash_key UNIQUE (token_hash);
alter table event_stream add constraint event_stream_pkey PRIMARY KEY (campaign_id, seq, occurred_at);
alter table event_subscriptions add constraint event_subscriptions_pkey PRIMARY KEY (id);
alter table execution_lanes add constraint execution_lanes_execution_id_lane_number_key UNIQUE (execution_id, lane_number);
alter table execution_lanes add constraint execution_lanes_pkey PRIMARY KEY (id);
alter table execution_operations add constraint execution_operations_pkey PRIMARY KEY (id);
alter table execution_robots add constraint execution_robots_pkey PRIMARY KEY (execution_id, origin, told_at);
alter table execution_sitemaps add constraint execution_sitemaps_execution_id_url_key_key UNIQUE (execution_id, url_key);
alter table execution_sitemaps add constraint execution_sitemaps_pkey PRIMARY KEY (id);
alter table execution_snapshots add constraint execution_snapshots_pkey PRIMARY KEY (execution_id);
alter table execution_structures add constraint execution_structures_pkey PRIMARY KEY (execution_id);
alter table execution_watches add constraint execution_watches_pkey PRIMARY KEY (execution_id);
alter table expired_executions add constraint expired_executions_pkey PRIMARY KEY (execution_id);
alter table host_freezes add constraint host_freezes_pkey PRIMARY KEY (tenant_id, host);
alter table host_permits add constraint host_permits_pkey PRIMARY KEY (host, lane_id);
alter table idempotency_keys add constraint idempotency_keys_pkey PRIMARY KEY (tenant_id, key);
alter table lane_losses add constraint lane_losses_pkey PRIMARY KEY (id);
alter table lane_sharing add constraint lane_sharing_pkey PRIMARY KEY (only_row);
alter table operation_lanes add constraint operation_lanes_pkey PRIMARY KEY (operation_id, lane_id);
alter table page_screenshots add constraint page_screenshots_pkey PRIMARY KEY (execution_id, url_key);
alter table partitioned_tables add constraint partitioned_tables_pkey PRIMARY KEY (table_name);
alter table quarantined_urls add constraint quarantined_urls_pkey PRIMARY KEY (execution_id, url_key);
alter table robots_bodies add constraint robots_bodies_pkey PRIMARY KEY (body_hash);
alter table robots_files add constraint robots_files_pkey PRIMARY KEY (origin);
alter table schedule_ticks add constraint schedule_ticks_pkey PRIMARY KEY (schedule_id, scheduled_for);
alter table schema_migrations add constraint schema_migrations_pkey PRIMARY KEY (name);
alter table sign_in_links add constraint sign_in_links_pkey PRIMARY KEY (id);
alter table sign_in_links add constraint sign_in_links_token_hash_key UNIQUE (token_hash);
alter table sitemap_differences add constraint sitemap_differences_pkey PRIMARY KEY (execution_id, difference, last_url_key);
alter table sitemap_urls add constraint sitemap_urls_pkey PRIMARY KEY (execution_id, url_key, sitemap_id);
alter table tenant_page_days add constraint tenant_page_days_pkey PRIMARY KEY (tenant_id, day);
alter table tenant_quotas add constraint tenant_quotas_pkey PRIMARY KEY (tenant_id);
alter table tenants add constraint tenants_name_key UNIQUE (name);
alter table tenants add constraint tenants_pkey PRIMARY KEY (id);
alter table trap_budgets add constraint trap_budgets_pkey PRIMARY KEY (execution_id, budget_key);
alter table url_discovery_log add constraint url_discovery_log_pkey PRIMARY KEY (execution_id, url_hash);
alter table api_keys add constraint api_keys_scope_check CHECK ((scope = ANY (ARRAY['viewer'::text, 'operator'::text, 'admin'::text])));
alter table api_keys add constraint api_keys_secret_hash_check CHECK ((octet_length(secret_hash) = 32));
alter table campaign_analytics add constraint campaign_analytics_period_check CHECK ((period = ANY (ARRAY['execution'::text, 'day'::text])));
alter table campaign_error_counts add constraint campaign_error_counts_check CHECK (((unresolved >= 0) AND (unresolved <= errors)));
alter table campaign_error_counts add constraint campaign_error_counts_errors_check CHECK ((errors > 0));
alter table campaign_errors add constraint campaign_errors_error_type_check CHECK ((error_type = ANY (ARRAY['network'::text, 'timeout'::text, 'http'::text, 'parsing'::text, 'validation'::text, 'robot_blocked'::text, 'blocked'::text, 'limit'::text, 'internal'::text])));
alter table campaign_errors add constraint campaign_errors_severity_check CHECK ((severity = ANY (ARRAY['info'::text, 'warning'::text, 'error'::text, 'critical'::text])));
alter table campaign_errors add constraint resolved_at_when_resolved CHECK ((resolved = (resolved_at IS NOT NULL)));
alter table campaign_executions add constraint campaign_executions_desired_cause_check CHECK ((desired_cause = ANY (ARRAY['request'::text, 'error_rate'::text])));
alter table campaign_executions add constraint campaign_executions_desired_state_check CHECK ((desired_state = ANY (ARRAY['run'::text, 'pause'::text, 'stop'::text, 'cancel'::text])));
alter table campaign_executions add constraint campaign_executions_execution_type_check CHECK ((execution_type = ANY (ARRAY['manual'::text, 'scheduled'::text, 'api'::text, 'event_driven'::text])));
alter table campaign_executions add constraint campaign_executions_lane_count_check CHECK (((lane_count >= 1) AND (lane_count <= 64)));
alter table campaign_executions add constraint campaign_executions_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'pausing'::text, 'paused'::text, 'stopping'::text, 'completed'::text, 'failed'::text, 'stopped'::text, 'cancelled'::text])));
alter table campaign_executions add constraint completed_when_terminal CHECK (((status = ANY (ARRAY['completed'::text, 'failed'::text, 'stopped'::text, 'cancelled'::text])) = (completed_at IS NOT NULL)));
alter table campaign_executions add constraint end_reason_when_terminal CHECK (((completed_at IS NULL) = (end_reason IS NULL)));
alter table campaign_executions add constraint paused_at_when_paused CHECK (((paused_at IS NULL) OR (status = 'paused'::text)));
alter table campaign_executions add constraint started_when_running CHECK (((status = ANY (ARRAY['queued'::text, 'paused'::text, 'cancelled'::text, 'failed'::text, 'stopping'::text, 'stopped'::text])) OR (started_at IS NOT NULL)));
alter table campaign_executions add constraint times_in_order CHECK (((completed_at IS NULL) OR (started_at IS NULL) OR (completed_at >= started_at)));
alter table campaign_seeds add constraint campaign_seeds_source_check CHECK ((source = ANY (ARRAY['manual'::text, 'import'::text, 'sitemap'::text])));
alter table crawl_hosts add constraint crawl_hosts_backoff_cause_check CHECK ((backoff_cause = ANY (ARRAY['retry_after'::text, 'back_off'::text, 'robots_unreachable'::text, 'circuit_open'::text])));
alter table crawl_hosts add constraint crawl_hosts_backoff_level_check CHECK ((backoff_level >= 0));
alter table crawl_hosts add constraint crawl_hosts_baseline_ms_check CHECK ((baseline_ms >= (0)::double precision));
alter table crawl_hosts add constraint crawl_hosts_response_ms_check CHECK ((response_ms >= (0)::double precision));
alter table crawl_hosts add constraint crawl_hosts_slow_level_check CHECK (((slow_level >= 0) AND (slow_level <= 8)));
alter table crawl_targets add constraint leased_by_a_lane CHECK (((state = 'leased'::text) = (lane_id IS NOT NULL)));
alter table crawl_targets add constraint settled_when_terminal CHECK (((state = ANY (ARRAY['fetched'::text, 'failed'::text, 'skipped'::text])) = (settled_at IS NOT NULL)));
alter table crawl_targets add constraint target_state CHECK ((state = ANY (ARRAY['pending'::text, 'leased'::text, 'fetched'::text, 'failed'::text, 'skipped'::text])));
alter table crawler_campaigns add constraint crawler_campaigns_config_revision_check CHECK ((config_revision >= 1));
alter table crawler_campaigns add constraint crawler_campaigns_status_check CHECK ((status = ANY (ARRAY['active'::text, 'archived'::text])));
alter table crawler_campaigns add constraint removed_when_deleted CHECK (((removed_at IS NULL) OR (deleted_at IS NOT NULL)));
alter table crawler_instances add constraint crawler_instances_state_check CHECK ((state = ANY (ARRAY['idle'::text, 'working'::text, 'draining'::text, 'gone'::text])));
alter table crawler_performance_metrics add constraint crawler_performance_metrics_resolution_check CHECK ((resolution = ANY (ARRAY['sample'::text, 'minute'::text, 'hour'::text])));
alter table crawler_performance_metrics add constraint crawler_performance_metrics_seconds_check CHECK ((seconds >= (0)::double precision));
alter table crawler_schedules add constraint crawler_schedules_catch_up_max_check CHECK (((catch_up_max >= 1) AND (catch_up_max <= 1000)));
alter table crawler_schedules add constraint crawler_schedules_catch_up_mode_check CHECK ((catch_up_mode = ANY (ARRAY['none'::text, 'one'::text, 'all'::text])));
alter table crawler_schedules add constraint crawler_schedules_catch_up_window_seconds_check CHECK ((catch_up_window_seconds >= 0));
alter table crawler_schedules add constraint crawler_schedules_jitter_seconds_check CHECK ((jitter_seconds >= 0));
alter table crawler_schedules add constraint crawler_schedules_max_ticks_check CHECK ((max_runs >= 1));
alter table crawler_schedules add constraint crawler_schedules_overlap_policy_check CHECK ((overlap_policy = ANY (ARRAY['skip'::text, 'buffer_one'::text, 'cancel_running'::text, 'allow'::text])));
alter table crawler_schedules add constraint crawler_schedules_pause_after_failures_check CHECK ((pause_after_failures >= 1));
alter table crawler_schedules add constraint crawler_schedules_runs_started_check CHECK ((runs_started >= 0));
alter table crawler_schedules add constraint crawler_schedules_status_check CHECK ((status = ANY (ARRAY['active'::text, 'paused'::text, 'finished'::text])));
alter table crawler_schedules add constraint deleted_without_tick CHECK (((deleted_at IS NULL) OR (next_tick_at IS NULL)));
alter table crawler_schedules add constraint finished_without_tick CHECK (((status <> 'finished'::text) OR (next_tick_at IS NULL)));
alter table crawler_schedules add constraint next_tick_due CHECK (((next_tick_at IS NULL) = (next_due_at IS NULL)));
alter table crawler_schedules add constraint reason_when_not_active CHECK (((status <> 'active'::text) OR (status_reason IS NULL)));
alter table dashboard_sessions add constraint dashboard_sessions_token_hash_check CHECK ((octet_length(token_hash) = 32));
alter table event_subscriptions add constraint event_subscriptions_transport_check CHECK ((transport = ANY (ARRAY['sse'::text, 'socket'::text])));
alter table execution_lanes add constraint execution_lanes_in_flight_check CHECK ((in_flight >= 0));
alter table execution_lanes add constraint execution_lanes_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'active'::text, 'finished'::text])));
alter table execution_lanes add constraint leased_when_active CHECK (((status = 'active'::text) = (lease_until IS NOT NULL)));
alter table execution_operations add constraint done_when_over CHECK (((state = 'running'::text) = (done_at IS NULL)));
alter table execution_operations add constraint execution_operations_cause_check CHECK ((cause = ANY (ARRAY['request'::text, 'error_rate'::text])));
alter table execution_operations add constraint execution_operations_grace_ms_check CHECK ((grace_ms >= 0));
alter table execution_operations add constraint execution_operations_kind_check CHECK ((kind = ANY (ARRAY['pause'::text, 'resume'::text, 'stop'::text, 'cancel'::text])));
alter table execution_operations add constraint execution_operations_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'superseded'::text])));
alter table execution_robots add constraint execution_robots_outcome_check CHECK ((outcome = ANY (ARRAY['rules'::text, 'allow_all'::text, 'unreachable'::text])));
alter table execution_robots add constraint rules_have_a_text CHECK (((outcome = 'rules'::text) = (body_hash IS NOT NULL)));
alter table execution_sitemaps add constraint execution_sitemaps_format_check CHECK ((format = ANY (ARRAY['urlset'::text, 'index'::text, 'text'::text, 'rss'::text, 'atom'::text])));
alter table execution_sitemaps add constraint execution_sitemaps_found_in_check CHECK ((found_in = ANY (ARRAY['robots'::text, 'campaign'::text, 'index'::text, 'redirect'::text])));
alter table execution_sitemaps add constraint failed_for_a_reason CHECK (((state <> ALL (ARRAY['failed'::text, 'skipped'::text])) OR (error_code IS NOT NULL)));
alter table execution_sitemaps add constraint read_by_a_lane CHECK (((state = 'reading'::text) = (lane_id IS NOT NULL)));
alter table execution_sitemaps add constraint settled_when_over CHECK (((state = ANY (ARRAY['read'::text, 'failed'::text, 'skipped'::text])) = (settled_at IS NOT NULL)));
alter table execution_sitemaps add constraint sitemap_state CHECK ((state = ANY (ARRAY['pending'::text, 'reading'::text, 'read'::text, 'failed'::text, 'skipped'::text])));
alter table execution_watches add constraint execution_watches_cause_check CHECK ((cause = ANY (ARRAY['no_worker_alive'::text, 'worker_stuck'::text, 'leases_leaking'::text, 'queue_and_ledger_apart'::text, 'host_backoff'::text, 'host_frozen'::text, 'database_slow'::text, 'disk_full'::text, 'poison_page'::text, 'unexplained'::text])));
alter table execution_watches add constraint stalled_with_a_cause CHECK (((stalled_at IS NULL) = (cause IS NULL)));
alter table host_freezes add constraint host_freezes_check CHECK ((until > frozen_at));
alter table host_permits add constraint host_permits_delay_cause_check CHECK ((delay_cause = ANY (ARRAY['campaign_delay'::text, 'crawl_delay'::text])));
alter table host_permits add constraint host_permits_delay_ms_check CHECK ((delay_ms >= 0));
alter table host_permits add constraint host_permits_host_limit_check CHECK ((host_limit >= 1));
alter table host_permits add constraint host_permits_pace_ms_check CHECK ((pace_ms >= 0));
alter table host_permits add constraint host_permits_permits_check CHECK ((permits >= 0));
alter table lane_sharing add constraint lane_sharing_only_row_check CHECK (only_row);
alter table page_screenshots add constraint screenshot_format CHECK ((format = 'webp'::text));
alter table page_screenshots add constraint screenshot_size CHECK (((octet_length(bytes) >= 1) AND (octet_length(bytes) <= 524288)));
alter table partitioned_tables add constraint partitioned_tables_key_kind_check CHECK ((key_kind = ANY (ARRAY['uuid_v7'::text, 'timestamptz'::text])));
alter table quarantined_urls add constraint retried_whole CHECK ((((retried_at IS NULL) = (retried_by IS NULL)) AND ((retried_at IS NULL) = (retry_execution_id IS NULL))));
alter table robots_files add constraint robots_files_outcome_check CHECK ((outcome = ANY (ARRAY['rules'::text, 'allow_all'::text, 'unreachable'::text])));
alter table schedule_ticks add constraint schedule_ticks_kind_check CHECK ((kind = ANY (ARRAY['planned'::text, 'manual'::text, 'backfill'::text])));
alter table schedule_ticks add constraint schedule_ticks_outcome_check CHECK ((outcome = ANY (ARRAY['started'::text, 'buffered'::text, 'skipped_overlap'::text, 'skipped_blackout'::text, 'skipped_paused'::text, 'skipped_deleted'::text, 'missed'::text, 'failed'::text])));
alter table schedule_ticks add constraint started_with_execution CHECK (((outcome = 'started'::text) = (execution_id IS NOT NULL)));
alter table sign_in_links add constraint sign_in_links_token_hash_check CHECK ((octet_length(token_hash) = 32));
alter table sitemap_differences add constraint sitemap_differences_difference_check CHECK ((difference = ANY (ARRAY['in_sitemap_not_linked'::text, 'linked_not_in_sitemap'::text])));
alter table tenant_page_days add constraint tenant_page_days_pages_check CHECK ((pages >= 0));
alter table tenant_quotas add constraint tenant_quotas_max_pages_per_day_check CHECK ((max_pages_per_day >= 0));
alter table tenant_quotas add constraint tenant_quotas_max_running_executions_check CHECK ((max_running_executions >= 0));
alter table url_discovery_log add constraint skipped_for_a_reason CHECK ((should_crawl = (skip_reason IS NULL)));
alter table api_keys add constraint api_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table audit_log add constraint audit_log_tenant_id_fkey1 FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table campaign_analytics add constraint campaign_analytics_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES crawler_campaigns(id) ON DELETE CASCADE;
alter table campaign_analytics add constraint campaign_analytics_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table campaign_config_revisions add constraint campaign_config_revisions_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES crawler_campaigns(id) ON DELETE CASCADE;
alter table campaign_config_revisions add constraint campaign_config_revisions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table campaign_error_counts add constraint campaign_error_counts_execution_id_fkey FOREIGN KEY (execution_id) REFERENCES campaign_executions(id) ON DELETE CASCADE;
alter table campaign_error_counts add constraint campaign_error_counts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table campaign_executions add constraint campaign_executions_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES crawler_campaigns(id) ON DELETE CASCADE;
alter table campaign_executions add constraint campaign_executions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table campaign_metrics add constraint campaign_metrics_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES crawler_campaigns(id) ON DELETE CASCADE;
alter table campaign_metrics add constraint campaign_metrics_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table campaign_seeds add constraint campaign_seeds_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES crawler_campaigns(id) ON DELETE CASCADE;
alter table campaign_seeds add constraint campaign_seeds_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table crawler_campaigns add constraint crawler_campaigns_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table crawler_schedules add constraint crawler_schedules_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES crawler_campaigns(id) ON DELETE CASCADE;
alter table crawler_schedules add constraint crawler_schedules_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table dashboard_sessions add constraint dashboard_sessions_api_key_id_fkey FOREIGN KEY (api_key_id) REFERENCES api_keys(id) ON DELETE CASCADE;
alter table dashboard_sessions add constraint dashboard_sessions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table event_subscriptions add constraint event_subscriptions_process_id_fkey FOREIGN KEY (process_id) REFERENCES api_processes(id) ON DELETE CASCADE;
alter table event_subscriptions add constraint event_subscriptions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table execution_lanes add constraint execution_lanes_execution_id_fkey FOREIGN KEY (execution_id) REFERENCES campaign_executions(id) ON DELETE CASCADE;
alter table execution_lanes add constraint execution_lanes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table execution_operations add constraint execution_operations_execution_id_fkey FOREIGN KEY (execution_id) REFERENCES campaign_executions(id) ON DELETE CASCADE;
alter table execution_operations add constraint execution_operations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table execution_robots add constraint execution_robots_execution_id_fkey FOREIGN KEY (execution_id) REFERENCES campaign_executions(id) ON DELETE CASCADE;
alter table execution_sitemaps add constraint execution_sitemaps_execution_id_fkey FOREIGN KEY (execution_id) REFERENCES campaign_executions(id) ON DELETE CASCADE;
alter table execution_sitemaps add constraint execution_sitemaps_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES execution_sitemaps(id) ON DELETE CASCADE;
alter table execution_sitemaps add constraint execution_sitemaps_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table execution_snapshots add constraint execution_snapshots_execution_id_fkey FOREIGN KEY (execution_id) REFERENCES campaign_executions(id) ON DELETE CASCADE;
alter table execution_snapshots add constraint execution_snapshots_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table execution_structures add constraint execution_structures_execution_id_fkey FOREIGN KEY (execution_id) REFERENCES campaign_executions(id) ON DELETE CASCADE;
alter table execution_structures add constraint execution_structures_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table execution_watches add constraint execution_watches_execution_id_fkey FOREIGN KEY (execution_id) REFERENCES campaign_executions(id) ON DELETE CASCADE;
alter table execution_watches add constraint execution_watches_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table expired_executions add constraint expired_executions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table host_freezes add constraint host_freezes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table idempotency_keys add constraint idempotency_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table lane_losses add constraint lane_losses_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES crawler_campaigns(id) ON DELETE CASCADE;
alter table lane_losses add constraint lane_losses_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table operation_lanes add constraint operation_lanes_operation_id_fkey FOREIGN KEY (operation_id) REFERENCES execution_operations(id) ON DELETE CASCADE;
alter table quarantined_urls add constraint quarantined_urls_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES crawler_campaigns(id) ON DELETE CASCADE;
alter table quarantined_urls add constraint quarantined_urls_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table schedule_ticks add constraint schedule_ticks_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES crawler_campaigns(id) ON DELETE CASCADE;
alter table schedule_ticks add constraint schedule_ticks_schedule_id_fkey FOREIGN KEY (schedule_id) REFERENCES crawler_schedules(id) ON DELETE CASCADE;
alter table schedule_ticks add constraint schedule_ticks_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table sign_in_links add constraint sign_in_links_api_key_id_fkey FOREIGN KEY (api_key_id) REFERENCES api_keys(id) ON DELETE CASCADE;
alter table sign_in_links add constraint sign_in_links_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table tenant_page_days add constraint tenant_page_days_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table tenant_quotas add constraint tenant_quotas_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON DELETE CASCADE;
alter table trap_budgets add constraint trap_budgets_execution_id_fkey FOREIGN KEY (execution_id) REFERENCES campaign_executions(id) ON DELETE CASCADE;

-- Indexes
CREATE INDEX api_keys_by_tenant ON public.api_keys USING btree (tenant_id, created_at);
CREATE INDEX audit_log_by_campaign ON public.audit_log USING btree (campaign_id, id DESC) WHERE (campaign_id IS NOT NULL);
CREATE INDEX audit_log_by_tenant ON public.audit_log USING btree (tenant_id, id DESC);
CREATE INDEX campaign_errors_by_campaign ON public.campaign_errors USING btree (campaign_id, id DESC);
CREATE INDEX campaign_errors_by_execution ON public.campaign_errors USING btree (execution_id, id DESC);
CREATE INDEX campaign_errors_by_group ON public.campaign_errors USING btree (execution_id, error_code, host, id DESC);
CREATE INDEX campaign_errors_by_url ON public.campaign_errors USING btree (execution_id, url_hash) WHERE (url_hash IS NOT NULL);
CREATE INDEX campaign_executions_by_campaign ON public.campaign_executions USING btree (campaign_id, id DESC);
CREATE INDEX campaign_executions_by_tenant ON public.campaign_executions USING btree (tenant_id, id DESC);
CREATE INDEX campaign_executions_live ON public.campaign_executions USING btree (status, id) WHERE (completed_at IS NULL);
CREATE INDEX campaign_executions_live_by_campaign ON public.campaign_executions USING btree (campaign_id) WHERE (completed_at IS NULL);
CREATE INDEX campaign_executions_queued ON public.campaign_executions USING btree (tenant_id, priority, id) WHERE (status = 'queued'::text);
CREATE INDEX campaign_executions_queued_by_campaign ON public.campaign_executions USING btree (campaign_id, id) WHERE (status = 'queued'::text);
CREATE INDEX campaign_executions_unanalyzed ON public.campaign_executions USING btree (id) WHERE ((completed_at IS NOT NULL) AND (analyzed_at IS NULL));
CREATE INDEX campaign_executions_uncompared ON public.campaign_executions USING btree (id) WHERE ((inlinks_indexed_at IS NOT NULL) AND (sitemaps_compared_at IS NULL));
CREATE INDEX campaign_executions_unstructured ON public.campaign_executions USING btree (id) WHERE ((completed_at IS NOT NULL) AND (structure_stored_at IS NULL));
CREATE INDEX campaign_executions_with_new_rules ON public.campaign_executions USING btree (id) WHERE ((scope_cursor IS NOT NULL) AND (completed_at IS NULL));
CREATE INDEX campaign_executions_without_inlinks ON public.campaign_executions USING btree (id) WHERE ((completed_at IS NOT NULL) AND (inlinks_indexed_at IS NULL));
CREATE INDEX campaign_metrics_by_tenant ON public.campaign_metrics USING btree (tenant_id);
CREATE INDEX campaign_seeds_in_order ON public.campaign_seeds USING btree (campaign_id, id);
CREATE INDEX crawl_results_by_status ON public.crawl_results USING btree (execution_id, status_code, url_key);
CREATE INDEX crawl_results_by_time ON public.crawl_results USING btree (execution_id, total_ms DESC);
CREATE INDEX crawl_results_not_indexable ON public.crawl_results USING btree (execution_id, indexability_reason, url_key) WHERE ((NOT indexable) AND (status_code < 400));
CREATE INDEX crawl_results_soft_404 ON public.crawl_results USING btree (execution_id, url_key) WHERE (soft404_score >= (0.5)::double precision);
CREATE INDEX crawl_results_without_title ON public.crawl_results USING btree (execution_id, url_key) WHERE (is_html AND (title IS NULL));
CREATE INDEX crawl_targets_claimable ON public.crawl_targets USING btree (execution_id, host, priority DESC, discovery_order) WHERE (state = 'pending'::text);
CREATE INDEX crawl_targets_leased ON public.crawl_targets USING btree (execution_id, lane_id) WHERE (state = 'leased'::text);
CREATE INDEX crawl_targets_not_fetched ON public.crawl_targets USING btree (execution_id, state, url_key) WHERE (state = ANY (ARRAY['failed'::text, 'skipped'::text]));
CREATE INDEX crawl_targets_seeds ON public.crawl_targets USING btree (execution_id) WHERE is_seed;
CREATE INDEX crawler_campaigns_by_tenant ON public.crawler_campaigns USING btree (tenant_id, id DESC);
CREATE INDEX crawler_campaigns_deleted ON public.crawler_campaigns USING btree (deleted_at) WHERE (deleted_at IS NOT NULL);
CREATE INDEX crawler_instances_by_heartbeat ON public.crawler_instances USING btree (heartbeat_at);
CREATE INDEX crawler_performance_metrics_by_campaign ON public.crawler_performance_metrics USING btree (campaign_id, recorded_at DESC);
CREATE INDEX crawler_performance_metrics_minutes ON public.crawler_performance_metrics USING btree (recorded_at) WHERE (resolution = 'minute'::text);
CREATE INDEX crawler_performance_metrics_samples ON public.crawler_performance_metrics USING btree (recorded_at) WHERE (resolution = 'sample'::text);
CREATE INDEX crawler_schedules_by_campaign ON public.crawler_schedules USING btree (campaign_id, id);
CREATE INDEX crawler_schedules_by_tenant ON public.crawler_schedules USING btree (tenant_id, id) WHERE (deleted_at IS NULL);
CREATE INDEX crawler_schedules_by_zone_rules ON public.crawler_schedules USING btree (zone_rules) WHERE (next_tick_at IS NOT NULL);
CREATE INDEX crawler_schedules_due ON public.crawler_schedules USING btree (next_due_at) WHERE (next_due_at IS NOT NULL);
CREATE INDEX dashboard_sessions_by_key ON public.dashboard_sessions USING btree (api_key_id);
CREATE INDEX dashboard_sessions_by_tenant ON public.dashboard_sessions USING btree (tenant_id, expires_at);
CREATE INDEX event_stream_by_execution ON public.event_stream USING btree (execution_id, seq);
CREATE INDEX event_subscriptions_by_campaign ON public.event_subscriptions USING btree (campaign_id);
CREATE INDEX event_subscriptions_by_process ON public.event_subscriptions USING btree (process_id);
CREATE INDEX execution_lanes_active_by_instance ON public.execution_lanes USING btree (instance_id) WHERE (status = 'active'::text);
CREATE INDEX execution_lanes_unfinished ON public.execution_lanes USING btree (status, lease_until) WHERE (status <> 'finished'::text);
CREATE INDEX execution_operations_by_execution ON public.execution_operations USING btree (execution_id, id DESC);
CREATE INDEX execution_robots_by_body ON public.execution_robots USING btree (body_hash);
CREATE INDEX execution_robots_by_origin ON public.execution_robots USING btree (tenant_id, origin, told_at);
CREATE INDEX execution_sitemaps_in_order ON public.execution_sitemaps USING btree (execution_id, id);
CREATE INDEX execution_sitemaps_open ON public.execution_sitemaps USING btree (execution_id, state) WHERE (state = ANY (ARRAY['pending'::text, 'reading'::text]));
CREATE INDEX host_permits_by_lane ON public.host_permits USING btree (lane_id);
CREATE INDEX host_permits_by_lease ON public.host_permits USING btree (lease_until);
CREATE INDEX idempotency_keys_by_age ON public.idempotency_keys USING btree (created_at);
CREATE INDEX lane_losses_by_age ON public.lane_losses USING btree (lost_at);
CREATE INDEX lane_losses_by_campaign ON public.lane_losses USING btree (campaign_id, id);
CREATE INDEX lane_losses_by_execution ON public.lane_losses USING btree (execution_id, id);
CREATE INDEX lane_losses_by_instance ON public.lane_losses USING btree (instance_id) WHERE (instance_id IS NOT NULL);
CREATE INDEX operation_lanes_open ON public.operation_lanes USING btree (lane_id) WHERE (finished_at IS NULL);
CREATE INDEX quarantined_urls_by_age ON public.quarantined_urls USING btree (quarantined_at);
CREATE INDEX quarantined_urls_by_campaign ON public.quarantined_urls USING btree (campaign_id, url_key);
CREATE INDEX robots_files_by_body ON public.robots_files USING btree (body_hash);
CREATE INDEX schedule_ticks_buffered ON public.schedule_ticks USING btree (campaign_id, scheduled_for) WHERE (outcome = 'buffered'::text);
CREATE INDEX schedule_ticks_by_campaign ON public.schedule_ticks USING btree (campaign_id, scheduled_for);
CREATE INDEX schedule_ticks_running ON public.schedule_ticks USING btree (execution_id) WHERE ((outcome = 'started'::text) AND (execution_status IS NULL));
CREATE INDEX sign_in_links_by_key ON public.sign_in_links USING btree (api_key_id);
CREATE INDEX sign_in_links_by_tenant ON public.sign_in_links USING btree (tenant_id, expires_at);
CREATE INDEX url_discovery_log_by_host ON public.url_discovery_log USING btree (execution_id, host, url_hash);
CREATE INDEX url_discovery_log_not_by_link ON public.url_discovery_log USING btree (execution_id, discovery_method, url_hash) WHERE (discovery_method <> 'link'::text);
CREATE INDEX url_discovery_log_skipped ON public.url_discovery_log USING btree (execution_id, skip_reason, url_hash) WHERE (NOT should_crawl);

-- Triggers
CREATE TRIGGER api_keys_updated_at BEFORE UPDATE ON public.api_keys FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER campaign_analytics_updated_at BEFORE UPDATE ON public.campaign_analytics FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER campaign_errors_count_added AFTER INSERT ON public.campaign_errors REFERENCING NEW TABLE AS added_errors FOR EACH STATEMENT EXECUTE FUNCTION count_added_errors();
CREATE TRIGGER campaign_errors_count_changed AFTER UPDATE ON public.campaign_errors REFERENCING OLD TABLE AS old_errors NEW TABLE AS new_errors FOR EACH STATEMENT EXECUTE FUNCTION count_changed_errors();
CREATE TRIGGER campaign_executions_delete_records AFTER DELETE ON public.campaign_executions FOR EACH ROW WHEN ((current_setting('app.expiring'::text, true) IS DISTINCT FROM 'on'::text)) EXECUTE FUNCTION delete_execution_records();
CREATE TRIGGER campaign_executions_delete_screenshots AFTER DELETE ON public.campaign_executions FOR EACH ROW WHEN ((current_setting('app.expiring'::text, true) IS DISTINCT FROM 'on'::text)) EXECUTE FUNCTION delete_execution_screenshots();
CREATE TRIGGER campaign_executions_delete_sitemap_urls AFTER DELETE ON public.campaign_executions FOR EACH ROW WHEN ((current_setting('app.expiring'::text, true) IS DISTINCT FROM 'on'::text)) EXECUTE FUNCTION delete_execution_sitemap_urls();
CREATE TRIGGER campaign_executions_updated_at BEFORE UPDATE ON public.campaign_executions FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER campaign_metrics_updated_at BEFORE UPDATE ON public.campaign_metrics FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER campaign_seeds_count_added AFTER INSERT ON public.campaign_seeds REFERENCING NEW TABLE AS changed_seeds FOR EACH STATEMENT EXECUTE FUNCTION count_campaign_seeds();
CREATE TRIGGER campaign_seeds_count_removed AFTER DELETE ON public.campaign_seeds REFERENCING OLD TABLE AS changed_seeds FOR EACH STATEMENT EXECUTE FUNCTION count_campaign_seeds();
CREATE TRIGGER crawl_hosts_updated_at BEFORE UPDATE ON public.crawl_hosts FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER crawler_campaigns_delete_records AFTER DELETE ON public.crawler_campaigns FOR EACH ROW EXECUTE FUNCTION delete_campaign_records();
CREATE TRIGGER crawler_campaigns_updated_at BEFORE UPDATE ON public.crawler_campaigns FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER crawler_instances_updated_at BEFORE UPDATE ON public.crawler_instances FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER crawler_schedules_updated_at BEFORE UPDATE ON public.crawler_schedules FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER execution_lanes_updated_at BEFORE UPDATE ON public.execution_lanes FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER execution_sitemaps_updated_at BEFORE UPDATE ON public.execution_sitemaps FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER tenant_quotas_updated_at BEFORE UPDATE ON public.tenant_quotas FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER tenants_updated_at BEFORE UPDATE ON public.tenants FOR EACH ROW EXECUTE FUNCTION set_updated_at();

-- Row-level security
alter table api_keys enable row level security, force row level security;
alter table audit_log enable row level security, force row level security;
alter table audit_log_default enable row level security, force row level security;
alter table campaign_analytics enable row level security, force row level security;
alter table campaign_config_revisions enable row level security, force row level security;
alter table campaign_error_counts enable row level security, force row level security;
alter table campaign_errors enable row level security, force row level security;
alter table campaign_errors_default enable row level security, force row level security;
alter table campaign_executions enable row level security, force row level security;
alter table campaign_metrics enable row level security, force row level security;
alter table campaign_seeds enable row level security, force row level security;
alter table crawl_inlinks enable row level security, force row level security;
alter table crawl_inlinks_default enable row level security, force row level security;
alter table crawl_links enable row level security, force row level security;
alter table crawl_links_default enable row level security, force row level security;
alter table crawl_results enable row level security, force row level security;
alter table crawl_results_default enable row level security, force row level security;
alter table crawl_targets enable row level security, force row level security;
alter table crawl_targets_default enable row level security, force row level security;
alter table crawler_campaigns enable row level security, force row level security;
alter table crawler_performance_metrics enable row level security, force row level security;
alter table crawler_performance_metrics_default enable row level security, force row level security;
alter table crawler_schedules enable row level security, force row level security;
alter table dashboard_sessions enable row level security, force row level security;
alter table event_stream enable row level security, force row level security;
alter table event_stream_default enable row level security, force row level security;
alter table event_subscriptions enable row level security, force row level security;
alter table execution_lanes enable row level security, force row level security;
alter table execution_operations enable row level security, force row level security;
alter table execution_robots enable row level security, force row level security;
alter table execution_sitemaps enable row level security, force row level security;
alter table execution_snapshots enable row level security, force row level security;
alter table execution_structures enable row level security, force row level security;
alter table execution_watches enable row level security, force row level security;
alter table expired_executions enable row level security, force row level security;
alter table host_freezes enable row level security, force row level security;
alter table idempotency_keys enable row level security, force row level security;
alter table lane_losses enable row level security, force row level security;
alter table operation_lanes enable row level security, force row level security;
alter table page_screenshots enable row level security, force row level security;
alter table page_screenshots_default enable row level security, force row level security;
alter table quarantined_urls enable row level security, force row level security;
alter table schedule_ticks enable row level security, force row level security;
alter table sign_in_links enable row level security, force row level security;
alter table sitemap_differences enable row level security, force row level security;
alter table sitemap_differences_default enable row level security, force row level security;
alter table sitemap_urls enable row level security, force row level security;
alter table sitemap_urls_default enable row level security, force row level security;
alter table tenant_page_days enable row level security, force row level security;
alter table tenant_quotas enable row level security, force row level security;
alter table tenants enable row level security, force row level security;
alter table trap_budgets enable row level security, force row level security;
alter table url_discovery_log enable row level security, force row level security;
alter table url_discovery_log_default enable row level security, force row level security;

-- Policies
create policy system_access on api_keys as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on api_keys as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on audit_log as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on audit_log as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on campaign_analytics as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on campaign_analytics as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on campaign_config_revisions as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on campaign_config_revisions as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on campaign_error_counts as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on campaign_error_counts as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on campaign_errors as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on campaign_errors as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on campaign_executions as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on campaign_executions as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on campaign_metrics as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on campaign_metrics as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on campaign_seeds as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on campaign_seeds as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on crawl_inlinks as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on crawl_inlinks as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on crawl_links as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on crawl_links as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on crawl_results as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on crawl_results as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on crawl_targets as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on crawl_targets as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on crawler_campaigns as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on crawler_campaigns as permissive for all to outrider_app using (((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")) AND ((deleted_at IS NULL) OR (( SELECT current_setting('app.with_deleted'::text, true) AS current_setting) = 'on'::text)))) with check (((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")) AND ((deleted_at IS NULL) OR (( SELECT current_setting('app.with_deleted'::text, true) AS current_setting) = 'on'::text))));
create policy system_access on crawler_performance_metrics as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on crawler_performance_metrics as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on crawler_schedules as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on crawler_schedules as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on dashboard_sessions as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on dashboard_sessions as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on event_stream as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on event_stream as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on event_subscriptions as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on event_subscriptions as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on execution_lanes as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on execution_lanes as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on execution_operations as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on execution_operations as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on execution_robots as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on execution_robots as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on execution_sitemaps as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on execution_sitemaps as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on execution_snapshots as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on execution_snapshots as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on execution_structures as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on execution_structures as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on execution_watches as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on execution_watches as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on expired_executions as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on expired_executions as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on host_freezes as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on host_freezes as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on idempotency_keys as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on idempotency_keys as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on lane_losses as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on lane_losses as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on operation_lanes as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on operation_lanes as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on page_screenshots as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on page_screenshots as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on quarantined_urls as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on quarantined_urls as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on schedule_ticks as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on schedule_ticks as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on sign_in_links as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on sign_in_links as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on sitemap_differences as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on sitemap_differences as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on sitemap_urls as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on sitemap_urls as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on tenant_page_days as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on tenant_page_days as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on tenant_quotas as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on tenant_quotas as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on tenants as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on tenants as permissive for all to outrider_app using ((id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on trap_budgets as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on trap_budgets as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));
create policy system_access on url_discovery_log as permissive for all to outrider_system using (true) with check (true);
create policy tenant_isolation on url_discovery_log as permissive for all to outrider_app using ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif"))) with check ((tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid AS "nullif")));

-- Grants
grant delete, insert, select, update on table api_keys to outrider_app;
grant delete, insert, select, update on table api_keys to outrider_system;
grant delete, insert, select, update on table api_processes to outrider_system;
grant select on table api_processes to outrider_app;
grant insert, select on table audit_log to outrider_app;
grant insert, select on table audit_log to outrider_system;
grant delete, insert, select, update on table campaign_analytics to outrider_app;
grant delete, insert, select, update on table campaign_analytics to outrider_system;
grant delete, insert, select, update on table campaign_config_revisions to outrider_app;
grant delete, insert, select, update on table campaign_config_revisions to outrider_system;
grant delete, insert, select, update on table campaign_error_counts to outrider_app;
grant delete, insert, select, update on table campaign_error_counts to outrider_system;
grant delete, insert, select, update on table campaign_errors to outrider_app;
grant delete, insert, select, update on table campaign_errors to outrider_system;
grant delete, insert, select, update on table campaign_executions to outrider_app;
grant delete, insert, select, update on table campaign_executions to outrider_system;
grant delete, insert, select, update on table campaign_metrics to outrider_app;
grant delete, insert, select, update on table campaign_metrics to outrider_system;
grant delete, insert, select, update on table campaign_seeds to outrider_app;
grant delete, insert, select, update on table campaign_seeds to outrider_system;
grant insert, select, update on table crawl_hosts to outrider_app;
grant insert, select, update on table crawl_hosts to outrider_system;
grant delete, insert, select, update on table crawl_inlinks to outrider_app;
grant delete, insert, select, update on table crawl_inlinks to outrider_system;
grant delete, insert, select, update on table crawl_links to outrider_app;
grant delete, insert, select, update on table crawl_links to outrider_system;
grant delete, insert, select, update on table crawl_results to outrider_app;
grant delete, insert, select, update on table crawl_results to outrider_system;
grant delete, insert, select, update on table crawl_targets to outrider_app;
grant delete, insert, select, update on table crawl_targets to outrider_system;
grant delete, insert, select, update on table crawler_campaigns to outrider_app;
grant delete, insert, select, update on table crawler_campaigns to outrider_system;
grant delete, insert, select, update on table crawler_instances to outrider_system;
grant select on table crawler_instances to outrider_app;
grant delete, insert, select, update on table crawler_performance_metrics to outrider_app;
grant delete, insert, select, update on table crawler_performance_metrics to outrider_system;
grant delete, insert, select, update on table crawler_schedules to outrider_app;
grant delete, insert, select, update on table crawler_schedules to outrider_system;
grant delete, insert, select, update on table dashboard_sessions to outrider_app;
grant delete, insert, select, update on table dashboard_sessions to outrider_system;
grant delete, insert, select, update on table event_stream to outrider_app;
grant delete, insert, select, update on table event_stream to outrider_system;
grant delete, insert, select, update on table event_subscriptions to outrider_app;
grant delete, insert, select, update on table event_subscriptions to outrider_system;
grant delete, insert, select, update on table execution_lanes to outrider_app;
grant delete, insert, select, update on table execution_lanes to outrider_system;
grant delete, insert, select, update on table execution_operations to outrider_app;
grant delete, insert, select, update on table execution_operations to outrider_system;
grant delete, insert, select, update on table execution_robots to outrider_app;
grant delete, insert, select, update on table execution_robots to outrider_system;
grant delete, insert, select, update on table execution_sitemaps to outrider_app;
grant delete, insert, select, update on table execution_sitemaps to outrider_system;
grant delete, insert, select, update on table execution_snapshots to outrider_app;
grant delete, insert, select, update on table execution_snapshots to outrider_system;
grant delete, insert, select, update on table execution_structures to outrider_app;
grant delete, insert, select, update on table execution_structures to outrider_system;
grant delete, insert, select, update on table execution_watches to outrider_app;
grant delete, insert, select, update on table execution_watches to outrider_system;
grant delete, insert, select, update on table expired_executions to outrider_app;
grant delete, insert, select, update on table expired_executions to outrider_system;
grant delete, insert, select, update on table host_freezes to outrider_app;
grant delete, insert, select, update on table host_freezes to outrider_system;
grant delete, insert, select, update on table host_permits to outrider_app;
grant delete, insert, select, update on table host_permits to outrider_system;
grant delete, insert, select, update on table idempotency_keys to outrider_app;
grant delete, insert, select, update on table idempotency_keys to outrider_system;
grant delete, insert, select, update on table lane_losses to outrider_app;
grant delete, insert, select, update on table lane_losses to outrider_system;
grant select, update on table lane_sharing to outrider_system;
grant delete, insert, select, update on table operation_lanes to outrider_app;
grant delete, insert, select, update on table operation_lanes to outrider_system;
grant delete, insert, select, update on table page_screenshots to outrider_app;
grant delete, insert, select, update on table page_screenshots to outrider_system;
grant delete, insert, select, update on table quarantined_urls to outrider_app;
grant delete, insert, select, update on table quarantined_urls to outrider_system;
grant delete, insert, select, update on table robots_bodies to outrider_system;
grant select on table robots_bodies to outrider_app;
grant delete, insert, select, update on table robots_files to outrider_app;
grant delete, insert, select, update on table robots_files to outrider_system;
grant delete, insert, select, update on table schedule_ticks to outrider_app;
grant delete, insert, select, update on table schedule_ticks to outrider_system;
grant select on table schema_migrations to outrider_app;
grant select on table schema_migrations to outrider_system;
grant delete, insert, select, update on table sign_in_links to outrider_app;
grant delete, insert, select, update on table sign_in_links to outrider_system;
grant delete, insert, select, update on table sitemap_differences to outrider_app;
grant delete, insert, select, update on table sitemap_differences to outrider_system;
grant delete, insert, select, update on table sitemap_urls to outrider_app;
grant delete, insert, select, update on table sitemap_urls to outrider_system;
grant delete, insert, select, update on table tenant_page_days to outrider_app;
grant delete, insert, select, update on table tenant_page_days to outrider_system;
grant delete, insert, select, update on table tenant_quotas to outrider_system;
grant select on table tenant_quotas to outrider_app;
grant delete, insert, select, update on table tenants to outrider_app;
grant delete, insert, select, update on table tenants to outrider_system;
grant delete, insert, select, update on table trap_budgets to outrider_app;
grant delete, insert, select, update on table trap_budgets to outrider_system;
grant delete, insert, select, update on table url_discovery_log to outrider_app;
grant delete, insert, select, update on table url_discovery_log to outrider_system;
grant usage on sequence crawl_target_order to outrider_app;
grant usage on sequence crawl_target_order to outrider_system;
revoke all on function drop_month_partition(text,date) from public;
grant execute on function drop_month_partition(text,date) to outrider_system;
revoke all on function ensure_partitions(integer) from public;
grant execute on function ensure_partitions(integer) to outrider_system;
revoke all on function past_month_partitions() from public;
grant execute on function past_month_partitions() to outrider_system;
grant usage on schema public to outrider_app;
grant usage on schema public to outrider_system;
