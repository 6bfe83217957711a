-- As migration 0027 made it.
create or replace function past_month_partitions() returns table (parent text, partition_name text, month_start date)
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
