-- The frontier and what a crawl records. All four heavy tables are partitioned by month of the
-- execution's UUIDv7. They hold no foreign keys: a check per row would cost more than the insert;
-- a trigger on campaign_executions removes their rows instead.

create sequence crawl_target_order as bigint cache 64;
grant usage on sequence crawl_target_order to outrider_app, outrider_system;

create table crawl_targets (
  execution_id uuid not null,
  url_key uuid not null,
  tenant_id uuid not null,
  url text not null,
  host text not null,
  depth smallint not null,
  priority smallint not null default 0,
  -- Discovery order, which breaks ties of priority: breadth first.
  discovery_order bigint not null default nextval('crawl_target_order'),
  state text not null default 'pending',
  attempt smallint not null default 0,
  -- How often a lane died holding this target: the evidence against a URL that kills workers.
  lease_losses smallint not null default 0,
  lane_id uuid,
  lane_epoch bigint,
  not_before timestamptz not null default '-infinity',
  is_seed boolean not null default false,
  -- The redirects that led here: [{ url, status, type, ms }].
  redirect_hops jsonb,
  failure_code text,
  settled_at timestamptz,
  primary key (execution_id, url_key),
  constraint target_state check (state in ('pending', 'leased', 'fetched', 'failed', 'skipped')),
  constraint leased_by_a_lane check ((state = 'leased') = (lane_id is not null)),
  constraint settled_when_terminal check ((state in ('fetched', 'failed', 'skipped')) = (settled_at is not null))
) partition by range (execution_id);
create index crawl_targets_claimable on crawl_targets (execution_id, host, priority desc, discovery_order) where state = 'pending';
create index crawl_targets_leased on crawl_targets (execution_id, lane_id) where state = 'leased';
select protect_tenant_table('crawl_targets');
select partition_by_month('crawl_targets', 'uuid_v7');

create table url_discovery_log (
  execution_id uuid not null,
  url_hash uuid not null,
  tenant_id uuid not null,
  campaign_id uuid not null,
  discovered_url text not null,
  host text not null,
  source_url text,
  discovery_method text not null,
  url_depth smallint not null,
  is_internal boolean not null,
  should_crawl boolean not null,
  skip_reason text,
  skip_rule text,
  priority_score smallint not null default 0,
  discovered_at timestamptz not null default now(),
  primary key (execution_id, url_hash),
  constraint skipped_for_a_reason check (should_crawl = (skip_reason is null))
) partition by range (execution_id);
create index url_discovery_log_skipped on url_discovery_log (execution_id, skip_reason, url_hash) where not should_crawl;
create index url_discovery_log_by_campaign on url_discovery_log (campaign_id, execution_id, url_hash);
select protect_tenant_table('url_discovery_log');
select partition_by_month('url_discovery_log', 'uuid_v7');

create table crawl_results (
  execution_id uuid not null,
  url_key uuid not null,
  tenant_id uuid not null,
  campaign_id uuid not null,
  url text not null,
  host text not null,
  depth smallint not null,
  status_code smallint not null,
  content_type text,
  is_html boolean not null default false,
  attempt smallint not null default 1,
  fetched_at timestamptz not null,
  ttfb_ms real,
  total_ms real not null,
  wire_bytes bigint not null default 0,
  decoded_bytes bigint not null default 0,
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
  internal_links integer not null default 0,
  external_links integer not null default 0,
  body_hash bytea,
  text_hash bytea,
  -- response: { httpVersion, remoteAddress, headers, timings, contentEncoding, truncated, redirectHops }
  response jsonb not null,
  -- page: what the parser saw beyond the columns above; null for what is not HTML.
  page jsonb,
  primary key (execution_id, url_key)
) partition by range (execution_id);
create index crawl_results_by_status on crawl_results (execution_id, status_code, url_key);
create index crawl_results_by_time on crawl_results (execution_id, total_ms desc);
select protect_tenant_table('crawl_results');
select partition_by_month('crawl_results', 'uuid_v7');

-- One row per page with all its links, not one per link: a page has a hundred of them, and as rows they cost
-- more to write and keep than everything else about it (docs/decisions/0018).
create table crawl_links (
  execution_id uuid not null,
  source_key uuid not null,
  tenant_id uuid not null,
  link_count integer not null,
  -- Each http(s) URL that the page names, once.
  target_keys uuid[] not null,
  -- JSON as packages/db/src/links/page-links.ts writes and reads it.
  links text not null,
  primary key (execution_id, source_key)
) partition by range (execution_id);
select protect_tenant_table('crawl_links');
select partition_by_month('crawl_links', 'uuid_v7');

-- The link graph from its other side: which pages name a URL. Made in bulk once an execution has ended.
create table crawl_inlinks (
  execution_id uuid not null,
  target_key uuid not null,
  -- The greatest of the row's keys: some hundred sources share a row.
  last_source_key uuid not null,
  tenant_id uuid not null,
  -- In order. The rows of a target follow each other in this order too.
  source_keys uuid[] not null,
  primary key (execution_id, target_key, last_source_key)
) partition by range (execution_id);
select protect_tenant_table('crawl_inlinks');
select partition_by_month('crawl_inlinks', 'uuid_v7');

create function delete_execution_records() returns trigger language plpgsql as $$
begin
  delete from crawl_inlinks where execution_id = old.id;
  delete from crawl_links where execution_id = old.id;
  delete from crawl_results where execution_id = old.id;
  delete from url_discovery_log where execution_id = old.id;
  delete from crawl_targets where execution_id = old.id;
  return old;
end $$;
create trigger campaign_executions_delete_records after delete on campaign_executions
  for each row execute function delete_execution_records();
