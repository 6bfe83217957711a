-- The roles stay: they belong to the server and another database may use them.
drop table idempotency_keys, audit_log, api_keys, tenants, partitioned_tables;
drop function partition_by_month(text, text);
drop function ensure_partitions(integer);
drop function create_month_partition(text, date);
drop function uuid_v7_floor(timestamptz);
drop function protect_tenant_table(regclass, text);
drop function set_updated_at();
