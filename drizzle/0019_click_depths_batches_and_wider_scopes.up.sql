-- Null: no click leads there from a seed, as far as the execution knows; a sitemap names it.
alter table url_discovery_log alter column url_depth drop not null;
alter table crawl_results alter column depth drop not null;
update url_discovery_log set url_depth = null where discovery_method = 'sitemap' and url_depth = 0;
update crawl_results result set depth = null from url_discovery_log log
  where result.depth = 0 and log.execution_id = result.execution_id and log.url_hash = result.url_key and log.url_depth is null;

-- The number of the last batch that the lane committed in this epoch: one that is sent again, since the answer to
-- its commit was lost, must not settle what was claimed anew since.
alter table execution_lanes add column last_batch bigint not null default 0;

-- The version of the scope under which the links that lay outside were last looked at.
alter table campaign_executions add column judged_version integer not null default 1;
