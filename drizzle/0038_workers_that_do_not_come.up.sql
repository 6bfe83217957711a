-- Workers that a lane was left to and that did not come.

-- When a lane was last taken by another after it had been left to this worker, which had more room; null once it asks for
-- a lane again.
alter table crawler_instances add column passed_over_at timestamptz;
