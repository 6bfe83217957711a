-- Pictures of rendered pages. In the ledger and not on a worker's disk: API and workers need share none, a
-- picture is written in the transaction of its page, and it leaves with its execution or with its partition.
create table page_screenshots (
  execution_id uuid not null,
  url_key uuid not null,
  tenant_id uuid not null,
  -- As in its media type: image/webp.
  format text not null,
  width integer not null,
  height integer not null,
  bytes bytea not null,
  taken_at timestamptz not null,
  primary key (execution_id, url_key),
  constraint screenshot_format check (format in ('webp')),
  constraint screenshot_size check (octet_length(bytes) between 1 and 524288)
) partition by range (execution_id);
-- They are compressed already.
alter table page_screenshots alter column bytes set storage external;
select protect_tenant_table('page_screenshots');
select partition_by_month('page_screenshots', 'uuid_v7');

create function delete_execution_screenshots() returns trigger language plpgsql as $$
begin
  delete from page_screenshots where execution_id = old.id;
  return old;
end $$;
create trigger campaign_executions_delete_screenshots after delete on campaign_executions
  for each row execute function delete_execution_screenshots();
