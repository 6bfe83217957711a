-- How much of a pattern without end (a calendar, combinations of filters, hosts of one domain) an execution
-- has taken. One row per pattern that came up, shared by all lanes; its lock is what makes a budget exact.
create table trap_budgets (
  execution_id uuid not null references campaign_executions on delete cascade,
  -- First 128 bits of the SHA-256 of option, pattern and unit.
  budget_key uuid not null,
  tenant_id uuid not null,
  -- The campaign's option: 'traps.maxPerDatePattern'.
  option text not null,
  pattern text not null,
  -- What is counted, each once (a host); null: the URLs themselves, in `taken`.
  unit text,
  taken integer not null default 0,
  refused bigint not null default 0,
  primary key (execution_id, budget_key)
);
select protect_tenant_table('trap_budgets');

-- What went wrong with one URL, however many errors its execution had.
create index campaign_errors_by_url on campaign_errors (execution_id, url_hash) where url_hash is not null;
