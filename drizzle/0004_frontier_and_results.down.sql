drop trigger campaign_executions_delete_records on campaign_executions;
drop function delete_execution_records();
delete from partitioned_tables where table_name in ('crawl_inlinks', 'crawl_links', 'crawl_results', 'url_discovery_log', 'crawl_targets');
drop table crawl_inlinks, crawl_links, crawl_results, url_discovery_log, crawl_targets;
drop sequence crawl_target_order;
