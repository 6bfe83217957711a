-- Executions whose row is gone but whose pages, links and errors are still being removed, batch by batch.
create table expired_executions (
  execution_id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  campaign_id uuid not null,
  expired_at timestamptz not null default clock_timestamp()
);
select protect_tenant_table('expired_executions');

-- An execution that is removed by its campaign goes with all its records at once. One that expires leaves
-- them to the sweeper: a million pages in one transaction would hold everything else up.
drop trigger campaign_executions_delete_records on campaign_executions;
create trigger campaign_executions_delete_records after delete on campaign_executions for each row
  when (current_setting('app.expiring', true) is distinct from 'on') execute function delete_execution_records();
drop trigger campaign_executions_delete_sitemap_urls on campaign_executions;
create trigger campaign_executions_delete_sitemap_urls after delete on campaign_executions for each row
  when (current_setting('app.expiring', true) is distinct from 'on') execute function delete_execution_sitemap_urls();

drop trigger campaign_executions_delete_screenshots on campaign_executions;
create trigger campaign_executions_delete_screenshots after delete on campaign_executions for each row
  when (current_setting('app.expiring', true) is distinct from 'on') execute function delete_execution_screenshots();

-- The month partitions of the registered tables whose time is over, oldest first.
create function past_month_partitions() returns table (parent text, partition_name text, month_start date)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  return query
    select registered.table_name, child.relname::text, to_date(right(child.relname, 6), 'YYYYMM')
    from partitioned_tables registered
    join pg_inherits on inhparent = format('public.%I', registered.table_name)::regclass
    join pg_class child on child.oid = inhrelid
    where child.relname ~ '_[0-9]{6}$'
      and to_date(right(child.relname, 6), 'YYYYMM') < date_trunc('month', now() at time zone 'UTC')::date
    order by 3, 1;
end $$;
revoke all on function past_month_partitions from public;
grant execute on function past_month_partitions to outrider_system;

-- Drops a month of a table; whether anything in it is still wanted is the caller's to know. Returns whether there was
-- one. DETACH CONCURRENTLY is not to be had with a default partition, so the parent is locked for as long as the
-- catalogue takes; should that lock not be had within a fifth of a second, the attempt is given up
-- (lock_not_available) rather than have every crawl queue up behind it.
create function drop_month_partition(parent text, month_start date) returns boolean
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '200ms' as $$
declare
  partition_name text := parent || '_' || to_char(month_start, 'YYYYMM');
begin
  if not exists (select from partitioned_tables where table_name = parent) then
    raise exception '% is not registered in partitioned_tables', parent;
  end if;
  if (month_start::timestamp + interval '1 month') at time zone 'UTC' > now() then
    raise exception '% is not over', to_char(month_start, 'YYYY-MM');
  end if;
  if to_regclass(format('public.%I', partition_name)) is null then
    return false;
  end if;
  execute format('alter table public.%I detach partition public.%I', parent, partition_name);
  execute format('drop table public.%I', partition_name);
  return true;
end $$;
revoke all on function drop_month_partition from public;
grant execute on function drop_month_partition to outrider_system;
