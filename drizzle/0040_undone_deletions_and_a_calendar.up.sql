-- Deletion that can be undone: a deleted campaign is out of sight for a day before it is removed.

alter table crawler_campaigns add column deleted_at timestamptz;

-- Those that are to be removed, the longest deleted first.
create index crawler_campaigns_deleted on crawler_campaigns (deleted_at) where deleted_at is not null;

-- Out of sight for every statement of the application at once, whichever table it joins; who restores them says so.
alter policy tenant_isolation on crawler_campaigns
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)
    and (deleted_at is null or (select current_setting('app.with_deleted', true)) = 'on'))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid)
    and (deleted_at is null or (select current_setting('app.with_deleted', true)) = 'on'));

-- Schedules of a tenant, whichever campaign they are of.
create index crawler_schedules_by_tenant on crawler_schedules (tenant_id, id) where deleted_at is null;
