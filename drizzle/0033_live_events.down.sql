drop table event_subscriptions;
drop table api_processes;
drop table execution_snapshots;
drop index campaign_metrics_by_tenant;
alter table campaign_metrics drop column progress_told_at;
