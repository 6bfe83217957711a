alter table host_permits
  drop column tenant_key, drop column campaign_key, drop column asked_at, drop column turn_at;
