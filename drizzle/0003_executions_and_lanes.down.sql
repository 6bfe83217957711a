drop table execution_lanes, crawler_instances, campaign_executions;
