update crawler_campaigns set config = config - 'sitemaps';
update campaign_executions set config = config - 'sitemaps';
drop trigger campaign_executions_delete_sitemap_urls on campaign_executions;
drop function delete_execution_sitemap_urls();
delete from partitioned_tables where table_name = 'sitemap_urls';
drop table sitemap_urls, execution_sitemaps;
