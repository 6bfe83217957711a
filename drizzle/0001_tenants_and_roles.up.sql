-- Tenants, API keys, the two roles every process works as, and the functions later migrations use.

-- outrider_app serves one tenant at a time (row-level security on app.tenant_id).
-- outrider_system serves the platform itself: dispatch, reconciling, key look-up. Neither owns a
-- table, is a superuser, or may bypass row-level security. Roles belong to the whole server, so
-- another database may have made them already, or be making them at this moment.
do $$
declare
  role_name text;
begin
  foreach role_name in array array['outrider_app', 'outrider_system'] loop
    if not exists (select from pg_roles where rolname = role_name) then
      begin
        execute format('create role %I nologin noinherit nosuperuser nobypassrls', role_name);
      exception when duplicate_object or unique_violation then null;
      end;
    end if;
    -- A superuser may work as any role. Anybody else must be a member, by this grant or an earlier one.
    if not (select rolsuper from pg_roles where rolname = current_user) then
      begin
        execute format('grant %I to current_user', role_name);
      exception when insufficient_privilege or unique_violation or internal_error then
        if not pg_has_role(current_user, role_name, 'member') then
          raise;
        end if;
      end;
    end if;
  end loop;
end $$;
-- Before PostgreSQL 15 everybody may create tables here. Only the schema's owner can change that.
do $$
begin
  if pg_has_role(current_user, (select nspowner from pg_namespace where nspname = 'public'), 'usage') then
    revoke create on schema public from public;
  end if;
end $$;
grant usage on schema public to outrider_app, outrider_system;

create function set_updated_at() returns trigger language plpgsql as $$
begin
  new.updated_at := clock_timestamp();
  return new;
end $$;

-- Puts a table under tenant isolation. Every table with a tenant_id goes through here; a test over
-- the catalogue fails for one that did not.
create function protect_tenant_table(target regclass, tenant_column text default 'tenant_id') returns void
language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy tenant_isolation on %s to outrider_app
       using (%I = (select nullif(current_setting(''app.tenant_id'', true), '''')::uuid))
       with check (%I = (select nullif(current_setting(''app.tenant_id'', true), '''')::uuid))',
    target, tenant_column, tenant_column);
  execute format('create policy system_access on %s to outrider_system using (true) with check (true)', target);
  execute format('grant select, insert, update, delete on %s to outrider_app, outrider_system', target);
end $$;

-- The lowest UUIDv7 (RFC 9562, section 5.7) of a moment: its first 48 bits are Unix milliseconds.
create function uuid_v7_floor(moment timestamptz) returns uuid language sql immutable strict as $$
  select (lpad(to_hex(floor(extract(epoch from moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Which tables are partitioned by month, and on what kind of key.
create table partitioned_tables (
  table_name text primary key,
  key_kind text not null check (key_kind in ('uuid_v7', 'timestamptz'))
);

-- Makes the partition of one month, if it is missing. A partition grants nothing to anybody: it is
-- reached through its parent, whose policies apply, and its own row-level security refuses the rest.
-- A month whose rows already lie in the default partition (nobody made partitions in time) stays
-- there: it must not keep the other tables and months from getting theirs.
create function create_month_partition(parent text, month date) returns boolean
language plpgsql as $$
declare
  kind text := (select key_kind from partitioned_tables where table_name = parent);
  partition_name text := parent || '_' || to_char(month, 'YYYYMM');
  low timestamptz := date_trunc('month', month::timestamp) at time zone 'UTC';
  high timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') at time zone 'UTC';
  bounds text;
begin
  if to_regclass(format('public.%I', partition_name)) is not null then
    return false;
  end if;
  case kind
    when 'uuid_v7' then bounds := format('(%L) to (%L)', uuid_v7_floor(low), uuid_v7_floor(high));
    when 'timestamptz' then bounds := format('(%L) to (%L)', low, high);
    else raise exception '% is not registered in partitioned_tables', parent;
  end case;
  execute format('create table public.%I partition of public.%I for values from %s', partition_name, parent, bounds);
  execute format('alter table public.%I enable row level security', partition_name);
  execute format('alter table public.%I force row level security', partition_name);
  return true;
exception when check_violation then
  return false;
end $$;

-- Makes the partitions of this month and of `months_ahead` after it, for every partitioned table.
-- Returns how many it made. Runs with its owner's rights, so that the orchestrator can call it.
create function ensure_partitions(months_ahead integer default 2) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  made integer := 0;
  parent text;
  step integer;
begin
  if months_ahead not between 0 and 24 then
    raise exception 'months_ahead must be between 0 and 24, got %', months_ahead;
  end if;
  perform pg_advisory_xact_lock(hashtext('outrider.ensure_partitions'));
  for parent in select table_name from partitioned_tables order by table_name loop
    for step in 0..months_ahead loop
      if create_month_partition(parent, (date_trunc('month', now() at time zone 'UTC') + make_interval(months => step))::date) then
        made := made + 1;
      end if;
    end loop;
  end loop;
  return made;
end $$;
revoke execute on function ensure_partitions(integer) from public;
grant execute on function ensure_partitions(integer) to outrider_system;

-- Registers a partitioned table: a default partition, so that no row is ever refused for want of
-- a partition, and the months from now on.
create function partition_by_month(parent text, kind text) returns void language plpgsql as $$
declare
  default_partition text := parent || '_default';
  step integer;
begin
  insert into partitioned_tables (table_name, key_kind) values (parent, kind);
  execute format('create table public.%I partition of public.%I default', default_partition, parent);
  execute format('alter table public.%I enable row level security', default_partition);
  execute format('alter table public.%I force row level security', default_partition);
  for step in 0..2 loop
    perform create_month_partition(parent, (date_trunc('month', now() at time zone 'UTC') + make_interval(months => step))::date);
  end loop;
end $$;

create table tenants (
  id uuid primary key,
  name text not null unique,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create trigger tenants_updated_at before update on tenants for each row execute function set_updated_at();
select protect_tenant_table('tenants', 'id');

create table api_keys (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  name text not null,
  -- The readable part of the key, crw_<environment>_<public_id>: what a person sees in a list.
  public_id text not null unique,
  environment text not null,
  secret_hash bytea not null check (octet_length(secret_hash) = 32),
  last_four text not null,
  scope text not null check (scope in ('viewer', 'operator', 'admin')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz
);
create index api_keys_by_tenant on api_keys (tenant_id, created_at);
create trigger api_keys_updated_at before update on api_keys for each row execute function set_updated_at();
select protect_tenant_table('api_keys');

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
create index audit_log_by_tenant on audit_log (tenant_id, id desc);
select protect_tenant_table('audit_log');
revoke update, delete on audit_log from outrider_app, outrider_system;

create table idempotency_keys (
  tenant_id uuid not null references tenants on delete cascade,
  key text not null,
  request_hash bytea not null,
  -- Null until the first request with this key has its answer.
  response_status integer,
  response_body jsonb,
  created_at timestamptz not null default now(),
  primary key (tenant_id, key)
);
create index idempotency_keys_by_age on idempotency_keys (created_at);
select protect_tenant_table('idempotency_keys');
