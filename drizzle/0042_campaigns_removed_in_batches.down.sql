drop index quarantined_urls_by_campaign;
drop index lane_losses_by_campaign;
drop index schedule_ticks_by_campaign;

-- A removal that has begun is not undone: it goes on as that of a campaign whose time to be restored is over.
update crawler_campaigns set deleted_at = deleted_at - interval '1 day' where removed_at is not null;
alter table crawler_campaigns drop column removed_at;
