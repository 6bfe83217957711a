-- Browsers that are signed in to the dashboard. Of the token in the cookie only its SHA-256 is kept; a session is worth
-- what its key is worth, and ends with it.
create table dashboard_sessions (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  api_key_id uuid not null references api_keys on delete cascade,
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  remote_address text,
  user_agent text,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  -- Moved on with use.
  expires_at timestamptz not null
);
create index dashboard_sessions_by_tenant on dashboard_sessions (tenant_id, expires_at);
create index dashboard_sessions_by_key on dashboard_sessions (api_key_id);
select protect_tenant_table('dashboard_sessions');

-- Links that sign a browser in once, in place of a key that somebody would have to type.
create table sign_in_links (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  api_key_id uuid not null references api_keys on delete cascade,
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index sign_in_links_by_tenant on sign_in_links (tenant_id, expires_at);
create index sign_in_links_by_key on sign_in_links (api_key_id);
select protect_tenant_table('sign_in_links');
