-- Where more lanes want a host than it may get fetches at a time, they take turns: campaigns first, then their lanes.
alter table host_permits
  -- Whose lane it is. Not the ids: every tenant's transactions read this table. Null as processes before this migration leave it.
  add column tenant_key uuid,
  add column campaign_key uuid,
  -- Since when the lane asks for permits and has none; null while it could not use one.
  add column asked_at timestamptz default now(),
  -- When it got permits after it had none; null if it never has.
  add column turn_at timestamptz;
