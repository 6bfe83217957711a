drop table lane_sharing;
drop index execution_lanes_active_by_instance;
alter table execution_lanes drop column waiting_since, drop column taken_at, drop column yield_requested_at, drop column passed_at;
alter table campaign_executions drop column priority, drop column renderer;
