drop trigger campaign_executions_delete_screenshots on campaign_executions;
drop function delete_execution_screenshots();
drop table page_screenshots;
delete from partitioned_tables where table_name = 'page_screenshots';
