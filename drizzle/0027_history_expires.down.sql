drop function drop_month_partition(text, date);
drop function past_month_partitions();
drop trigger campaign_executions_delete_records on campaign_executions;
create trigger campaign_executions_delete_records after delete on campaign_executions for each row
  execute function delete_execution_records();
drop trigger campaign_executions_delete_sitemap_urls on campaign_executions;
create trigger campaign_executions_delete_sitemap_urls after delete on campaign_executions for each row
  execute function delete_execution_sitemap_urls();
drop trigger campaign_executions_delete_screenshots on campaign_executions;
create trigger campaign_executions_delete_screenshots after delete on campaign_executions for each row
  execute function delete_execution_screenshots();
delete from page_screenshots where execution_id in (select execution_id from expired_executions);
delete from crawl_inlinks where execution_id in (select execution_id from expired_executions);
delete from crawl_links where execution_id in (select execution_id from expired_executions);
delete from crawl_results where execution_id in (select execution_id from expired_executions);
delete from url_discovery_log where execution_id in (select execution_id from expired_executions);
delete from crawl_targets where execution_id in (select execution_id from expired_executions);
delete from sitemap_differences where execution_id in (select execution_id from expired_executions);
delete from sitemap_urls where execution_id in (select execution_id from expired_executions);
drop table expired_executions;
