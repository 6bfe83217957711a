-- Schedules whose plan changes while a tick is put off, workers whose browser does not start, and request headers that were
-- never sent.

-- From when on the ticks of a schedule follow its present timing: what that would have planned before was never planned.
-- Null where the timing has not changed while a tick's planned time had come.
alter table crawler_schedules add column planned_from timestamptz;

-- Why a worker that has a browser does not offer it; null while it does, or has none.
alter table crawler_instances add column browser_trouble text;

-- A campaign's own Accept-Encoding was ignored without a word, and is refused from now on. What is stored loses it, so that
-- it stays readable.
create or replace function pg_temp.without_accept_encoding(config jsonb) returns jsonb language sql immutable as $$
  select jsonb_set(config, '{fetch,headers}', coalesce(jsonb_object_agg(name, value) filter (where lower(name) <> 'accept-encoding'), '{}'))
  from jsonb_each(config #> '{fetch,headers}') as header (name, value)
$$;
create or replace function pg_temp.has_accept_encoding(config jsonb) returns boolean language sql immutable as $$
  select jsonb_typeof(config #> '{fetch,headers}') = 'object'
    and exists (select from jsonb_object_keys(config #> '{fetch,headers}') as name where lower(name) = 'accept-encoding')
$$;
update crawler_campaigns set config = pg_temp.without_accept_encoding(config) where pg_temp.has_accept_encoding(config);
update campaign_config_revisions set config = pg_temp.without_accept_encoding(config) where pg_temp.has_accept_encoding(config);
update campaign_executions set config = pg_temp.without_accept_encoding(config) where pg_temp.has_accept_encoding(config);
