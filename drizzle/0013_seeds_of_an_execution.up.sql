-- The scope is read from the seeds, again whenever it changes: without this, from the whole frontier.
create index crawl_targets_seeds on crawl_targets (execution_id) where is_seed;
