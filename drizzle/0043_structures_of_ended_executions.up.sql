-- The structure of a site is counted once, after the end of its execution, and read from then on.

create table execution_structures (
  execution_id uuid primary key references campaign_executions on delete cascade,
  tenant_id uuid not null references tenants on delete cascade,
  -- As the API gives it: some hundred folders with their pages, and depths.
  structure jsonb not null
);
select protect_tenant_table('execution_structures');

-- When it was stored; executions that ended before this migration get theirs too.
alter table campaign_executions add column structure_stored_at timestamptz;
create index campaign_executions_unstructured on campaign_executions (id)
  where completed_at is not null and structure_stored_at is null;
