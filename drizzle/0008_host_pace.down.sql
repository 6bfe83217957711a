drop table host_freezes;
alter table host_permits drop column delay_ms, drop column delay_cause, drop column pace_ms;
alter table crawl_hosts
  drop column backoff_cause, drop column backoff_level, drop column baseline_ms, drop column response_ms,
  drop column slow_level, drop column slow_changed_at;
alter table robots_files drop column unreachable_since;
