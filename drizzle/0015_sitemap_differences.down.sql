create or replace function delete_execution_sitemap_urls() returns trigger language plpgsql as $$
begin
  delete from sitemap_urls where execution_id = old.id;
  return old;
end $$;
drop index campaign_executions_uncompared;
alter table campaign_executions drop column sitemaps_compared_at;
delete from partitioned_tables where table_name = 'sitemap_differences';
drop table sitemap_differences;
