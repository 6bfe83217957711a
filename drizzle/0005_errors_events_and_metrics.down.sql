drop trigger crawler_campaigns_delete_records on crawler_campaigns;
drop function delete_campaign_records();
delete from partitioned_tables where table_name in ('event_stream', 'crawler_performance_metrics', 'campaign_errors');
drop table event_stream, campaign_analytics, campaign_metrics, crawler_performance_metrics, campaign_errors;
