-- What was to be removed comes back into sight, archived, so that its schedules start nothing.
update crawler_campaigns set status = 'archived' where deleted_at is not null;

alter policy tenant_isolation on crawler_campaigns
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid))
  with check (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::uuid));

drop index crawler_schedules_by_tenant;
drop index crawler_campaigns_deleted;
alter table crawler_campaigns drop column deleted_at;
