drop table schedule_ticks, crawler_schedules, campaign_seeds, campaign_config_revisions, crawler_campaigns;
