-- The sitemap files an execution reads, and which URLs they name.

create table execution_sitemaps (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  execution_id uuid not null references campaign_executions on delete cascade,
  campaign_id uuid not null,
  url text not null,
  url_key uuid not null,
  host text not null,
  -- The index that names it, or the file that redirects to it.
  parent_id uuid references execution_sitemaps on delete cascade,
  found_in text not null check (found_in in ('robots', 'campaign', 'index', 'redirect')),
  -- How many indexes lie above it.
  depth smallint not null default 0,
  -- How many redirects led here.
  redirects smallint not null default 0,
  state text not null default 'pending',
  lane_id uuid,
  lane_epoch bigint,
  attempt smallint not null default 0,
  -- How often a lane died while it read this file.
  lease_losses smallint not null default 0,
  not_before timestamptz not null default '-infinity',
  format text check (format in ('urlset', 'index', 'text', 'rss', 'atom')),
  http_status_code smallint,
  content_type text,
  wire_bytes bigint not null default 0,
  decoded_bytes bigint not null default 0,
  -- Entries read, and where they went: URLs that may be crawled, files put on this list, and what was left out, by reason.
  entries integer not null default 0,
  urls_in_scope integer not null default 0,
  files_named integer not null default 0,
  dropped jsonb not null default '{}',
  newest_lastmod timestamptz,
  -- With state 'read': why only a part of the file counts.
  error_code text,
  error_message text,
  created_at timestamptz not null default now(),
  settled_at timestamptz,
  updated_at timestamptz not null default now(),
  unique (execution_id, url_key),
  constraint sitemap_state check (state in ('pending', 'reading', 'read', 'failed', 'skipped')),
  constraint read_by_a_lane check ((state = 'reading') = (lane_id is not null)),
  constraint settled_when_over check ((state in ('read', 'failed', 'skipped')) = (settled_at is not null)),
  constraint failed_for_a_reason check (state not in ('failed', 'skipped') or error_code is not null)
);
create index execution_sitemaps_open on execution_sitemaps (execution_id, state) where state in ('pending', 'reading');
create index execution_sitemaps_in_order on execution_sitemaps (execution_id, id);
create trigger execution_sitemaps_updated_at before update on execution_sitemaps for each row execute function set_updated_at();
select protect_tenant_table('execution_sitemaps');

-- Which sitemap names which URL. The URL itself stands in url_discovery_log under the same key.
create table sitemap_urls (
  execution_id uuid not null,
  url_key uuid not null,
  sitemap_id uuid not null,
  tenant_id uuid not null,
  lastmod timestamptz,
  changefreq text,
  priority real,
  -- The translations an entry names: [{ hreflang, href }].
  alternates jsonb,
  primary key (execution_id, url_key, sitemap_id)
) partition by range (execution_id);
select protect_tenant_table('sitemap_urls');
select partition_by_month('sitemap_urls', 'uuid_v7');

create function delete_execution_sitemap_urls() returns trigger language plpgsql as $$
begin
  delete from sitemap_urls where execution_id = old.id;
  return old;
end $$;
create trigger campaign_executions_delete_sitemap_urls after delete on campaign_executions
  for each row execute function delete_execution_sitemap_urls();

-- Configurations from before read no sitemaps, and go on so until they are changed.
update crawler_campaigns set config = config || '{"sitemaps": {"fromRobots": false, "urls": []}}'
  where not config ? 'sitemaps';
update campaign_executions set config = config || '{"sitemaps": {"fromRobots": false, "urls": []}}'
  where not config ? 'sitemaps';
