-- Time in which no worker had a running execution: it counts against no limit.

alter table campaign_executions
  -- Seconds of it that are over: it was in the queue again, its quota was used up, its worker was lost.
  add column waited_seconds double precision not null default 0,
  -- When the last pause ended: time before that was a pause, and is counted as one.
  add column resumed_at timestamptz;
