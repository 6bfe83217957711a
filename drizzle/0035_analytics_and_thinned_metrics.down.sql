drop index crawler_performance_metrics_minutes;
drop index crawler_performance_metrics_samples;
alter table crawler_performance_metrics
  drop column seconds,
  drop column resolution;
alter table campaign_analytics drop column executions;
drop index campaign_executions_unanalyzed;
alter table campaign_executions drop column analyzed_at;
