-- A campaign that is removed goes batch by batch, and what is left of it is out of sight for good.

-- Since when it cannot be restored any more, and its rows are being removed.
alter table crawler_campaigns add column removed_at timestamptz,
  add constraint removed_when_deleted check (removed_at is null or deleted_at is not null);

-- What is removed of a campaign in ranges; without these, its row took a reading of whole tables with it as well.
create index schedule_ticks_by_campaign on schedule_ticks (campaign_id, scheduled_for);
create index lane_losses_by_campaign on lane_losses (campaign_id, id);
create index quarantined_urls_by_campaign on quarantined_urls (campaign_id, url_key);
