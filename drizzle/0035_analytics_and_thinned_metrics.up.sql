-- Figures per execution and per day, made after the end of an execution; and metrics of workers that thin out with age.

-- When its figures were made; they are made once, in the transaction that sets this.
alter table campaign_executions add column analyzed_at timestamptz;
create index campaign_executions_unanalyzed on campaign_executions (id)
  where completed_at is not null and analyzed_at is null;

-- Executions of a day, or 1.
alter table campaign_analytics add column executions integer not null default 1;

-- What is still in the ledger is analysed anew, with all figures. Of executions that have left it the totals stay, and
-- make up their days.
delete from campaign_analytics where period = 'day';
delete from campaign_analytics rollup using campaign_executions execution
  where rollup.period = 'execution' and rollup.period_key = execution.id::text;
update campaign_analytics set summary = jsonb_build_object('pagesCrawled', pages_crawled,
  'errorsEncountered', errors_encountered, 'urlsDiscovered', urls_discovered, 'wireBytes', wire_bytes);
insert into campaign_analytics (campaign_id, period, period_key, tenant_id, executions, pages_crawled, errors_encountered,
    urls_discovered, wire_bytes, average_response_time_ms, summary)
  select campaign_id, 'day', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD'), tenant_id, count(*), sum(pages_crawled),
    sum(errors_encountered), sum(urls_discovered), sum(wire_bytes),
    sum(average_response_time_ms * pages_crawled) / nullif(sum(pages_crawled) filter (where average_response_time_ms is not null), 0),
    jsonb_build_object('pagesCrawled', sum(pages_crawled), 'errorsEncountered', sum(errors_encountered),
      'urlsDiscovered', sum(urls_discovered), 'wireBytes', sum(wire_bytes))
  from campaign_analytics where period = 'execution' group by 1, 3, 4;

-- What a row covers: one sample of a lane, or the mean of its samples over a minute or an hour that begins at recorded_at.
alter table crawler_performance_metrics
  add column resolution text not null default 'sample' check (resolution in ('sample', 'minute', 'hour')),
  -- Seconds that were measured: the weight of the row's means.
  add column seconds double precision not null default 5 check (seconds >= 0);
create index crawler_performance_metrics_samples on crawler_performance_metrics (recorded_at) where resolution = 'sample';
create index crawler_performance_metrics_minutes on crawler_performance_metrics (recorded_at) where resolution = 'minute';
