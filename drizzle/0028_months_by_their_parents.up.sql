-- A table's name may end in six digits that are no month: that of a TOAST table does once there are 100,000 objects.
-- The planner may look at names before it asks whose children they are, so no name is read as a date until then.
create or replace function past_month_partitions() returns table (parent text, partition_name text, month_start date)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  return query
    select registered.table_name, child.relname::text, to_date(right(child.relname, 6), 'YYYYMM')
    from partitioned_tables registered
    join pg_inherits on inhparent = format('public.%I', registered.table_name)::regclass
    join pg_class child on child.oid = inhrelid
    where child.relname ~ '_[0-9]{6}$'
      and right(child.relname, 6) < to_char(now() at time zone 'UTC', 'YYYYMM')
    order by right(child.relname, 6), 1;
end $$;
