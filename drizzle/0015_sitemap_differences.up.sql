-- How the URLs of an execution's sitemaps and those of its links differ, worked out once it has ended.

create table sitemap_differences (
  execution_id uuid not null,
  difference text not null check (difference in ('in_sitemap_not_linked', 'linked_not_in_sitemap')),
  -- The greatest of the row's keys: some hundred URLs share a row.
  last_url_key uuid not null,
  tenant_id uuid not null,
  -- In order. The rows of a difference follow each other in this order too.
  url_keys uuid[] not null,
  primary key (execution_id, difference, last_url_key)
) partition by range (execution_id);
select protect_tenant_table('sitemap_differences');
select partition_by_month('sitemap_differences', 'uuid_v7');

-- When sitemap_differences was made, after the inlinks; nothing is stored for an execution that read no sitemap.
alter table campaign_executions add column sitemaps_compared_at timestamptz;
create index campaign_executions_uncompared on campaign_executions (id)
  where inlinks_indexed_at is not null and sitemaps_compared_at is null;

create or replace function delete_execution_sitemap_urls() returns trigger language plpgsql as $$
begin
  delete from sitemap_differences where execution_id = old.id;
  delete from sitemap_urls where execution_id = old.id;
  return old;
end $$;
