-- How many errors an execution has, by what went wrong and where: kept with the errors themselves, so that to list them in
-- groups nobody counts a hundred thousand.
-- Processes may be at work meanwhile. Whoever ends an execution reads its errors and then changes its row: locked in another order
-- than theirs, this and they would wait for each other.
lock table campaign_errors in access exclusive mode;
lock table campaign_executions in share row exclusive mode;

create table campaign_error_counts (
  execution_id uuid not null references campaign_executions on delete cascade,
  tenant_id uuid not null references tenants on delete cascade,
  error_type text not null,
  error_code text not null,
  -- Null for errors that belong to no host.
  host text,
  severity text not null,
  errors bigint not null check (errors > 0),
  unresolved bigint not null check (unresolved between 0 and errors),
  first_seen timestamptz not null,
  last_seen timestamptz not null,
  unique nulls not distinct (execution_id, error_code, host, error_type, severity)
) with (fillfactor = 70);
select protect_tenant_table('campaign_error_counts');

-- Statements that insert errors, or change some, leave the counts right, in one order of rows, so that none waits for another
-- that waits for it. A batch of a lane is then only about to lock its campaign's metrics, which its fellows wait for anyway.
create function count_added_errors() returns trigger language plpgsql as $$
begin
  insert into campaign_error_counts as kept (execution_id, tenant_id, error_type, error_code, host, severity, errors,
    unresolved, first_seen, last_seen)
  select execution_id, tenant_id, error_type, error_code, host, severity, count(*), count(*) filter (where not resolved),
    min(occurred_at), max(occurred_at)
  from added_errors
  -- An execution that is being removed has no counts any more.
  where exists (select from campaign_executions execution where execution.id = added_errors.execution_id)
  group by execution_id, tenant_id, error_type, error_code, host, severity
  order by execution_id, error_code, host, error_type, severity
  on conflict (execution_id, error_code, host, error_type, severity) do update
  set errors = kept.errors + excluded.errors, unresolved = kept.unresolved + excluded.unresolved,
    first_seen = least(kept.first_seen, excluded.first_seen), last_seen = greatest(kept.last_seen, excluded.last_seen);
  return null;
end $$;
create trigger campaign_errors_count_added after insert on campaign_errors
  referencing new table as added_errors for each statement execute function count_added_errors();

create function count_changed_errors() returns trigger language plpgsql as $$
declare
  changed record;
begin
  for changed in
    select error.execution_id, error.error_type, error.error_code, error.host, error.severity,
      sum(case when error.resolved then -1 else 1 end) as opened
    from new_errors error join old_errors former using (id)
    where error.resolved <> former.resolved
    group by 1, 2, 3, 4, 5 order by error.execution_id, error.error_code, error.host, error.error_type, error.severity
  loop
    update campaign_error_counts
    set unresolved = unresolved + changed.opened
    where execution_id = changed.execution_id and error_code = changed.error_code and error_type = changed.error_type
      and severity = changed.severity and host is not distinct from changed.host;
  end loop;
  return null;
end $$;
create trigger campaign_errors_count_changed after update on campaign_errors
  referencing old table as old_errors new table as new_errors for each statement execute function count_changed_errors();

insert into campaign_error_counts
select execution_id, tenant_id, error_type, error_code, host, severity, count(*), count(*) filter (where not resolved),
  min(occurred_at), max(occurred_at)
from campaign_errors error
where exists (select from campaign_executions execution where execution.id = error.execution_id)
group by execution_id, tenant_id, error_type, error_code, host, severity;

-- The newest errors are listed in their order, and counted no more: the index need not hold what was counted.
create index campaign_errors_by_execution on campaign_errors (execution_id, id desc);
drop index campaign_errors_counted;
