alter table campaign_executions drop column judged_version;
alter table execution_lanes drop column last_batch;

update crawl_results set depth = 0 where depth is null;
update url_discovery_log set url_depth = 0 where url_depth is null;
alter table crawl_results alter column depth set not null;
alter table url_discovery_log alter column url_depth set not null;
