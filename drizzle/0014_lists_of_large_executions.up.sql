-- What keeps lists of large executions fast.

-- URLs of one host, in the order of the list. It takes the place of an index that no statement uses, so that a crawl
-- writes as many as before.
drop index url_discovery_log_by_campaign;
create index url_discovery_log_by_host on url_discovery_log (execution_id, host, url_hash);

-- Each holds only the rows that its filter lists; most URLs are found by links, and fetched.
create index url_discovery_log_not_by_link on url_discovery_log (execution_id, discovery_method, url_hash)
  where discovery_method <> 'link';
create index crawl_targets_not_fetched on crawl_targets (execution_id, state, url_key) where state in ('failed', 'skipped');

-- In the order of the list, and by tenant: a worker's samples on the campaigns of others are not to be passed one by one.
alter table crawler_performance_metrics drop constraint crawler_performance_metrics_pkey;
alter table crawler_performance_metrics add primary key (instance_id, tenant_id, recorded_at, lane_id);

-- How many seeds a campaign has, kept by a trigger: a list of campaigns would else count a hundred thousand for each.
-- Seeds are changed with the campaign's row locked, so nobody waits for this who did not wait before.
alter table crawler_campaigns add column seed_count bigint not null default 0;
update crawler_campaigns campaign set seed_count =
  (select count(*) from campaign_seeds seed where seed.campaign_id = campaign.id);
create function count_campaign_seeds() returns trigger language plpgsql as $$
begin
  update crawler_campaigns campaign
  set seed_count = seed_count + case when tg_op = 'INSERT' then changed.count else -changed.count end
  from (select campaign_id, count(*) from changed_seeds group by campaign_id) changed
  where campaign.id = changed.campaign_id;
  return null;
end $$;
create trigger campaign_seeds_count_added after insert on campaign_seeds
  referencing new table as changed_seeds for each statement execute function count_campaign_seeds();
create trigger campaign_seeds_count_removed after delete on campaign_seeds
  referencing old table as changed_seeds for each statement execute function count_campaign_seeds();
