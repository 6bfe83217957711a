-- What an execution waits for, and what it repeats.

alter table campaign_executions
  -- Seconds in which no worker had it while it ran: it was in the queue again, its quota was used up, its worker was
  -- lost. They count against no limit.
  add column waited_seconds double precision not null default 0,
  -- When the last pause ended: time before that was a pause, and is counted as one.
  add column resumed_at timestamptz;

-- Who comes next is found among the oldest of each tenant, class and campaign, however long the queue is.
create index campaign_executions_queued on campaign_executions (tenant_id, priority, id) where status = 'queued';
create index campaign_executions_queued_by_campaign on campaign_executions (campaign_id, id) where status = 'queued';

-- The file of the repeated execution whose findings stand for the content of this one; null for one that is fetched. No
-- reference: it is kept while the repeat runs, and of no use afterwards.
alter table execution_sitemaps add column pinned_id uuid;
