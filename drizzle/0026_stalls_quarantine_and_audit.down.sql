alter table audit_log rename to audit_log_after;
drop index audit_log_by_tenant, audit_log_by_campaign;
delete from partitioned_tables where table_name = 'audit_log';
alter table audit_log_after rename constraint audit_log_pkey to audit_log_after_pkey;
create table audit_log (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  api_key_id uuid,
  action text not null,
  subject_type text not null,
  subject_id text,
  remote_address text,
  request_id text,
  detail jsonb not null default '{}',
  occurred_at timestamptz not null default now()
);
insert into audit_log
  select id, tenant_id, api_key_id, action, subject_type, subject_id, remote_address, request_id, detail, occurred_at
  from audit_log_after;
drop table audit_log_after;
create index audit_log_by_tenant on audit_log (tenant_id, id desc);
select protect_tenant_table('audit_log');
revoke update, delete on audit_log from outrider_app, outrider_system;
drop table quarantined_urls, lane_losses, execution_watches;
alter table crawler_instances drop column ended_by;
alter table execution_lanes drop column held;
