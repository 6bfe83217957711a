-- The text of robots.txt files, each kept once by its hash: while an origin's last reading or an execution refers to
-- it, and a day longer. Says nothing of whose file it is or who read it.
create table robots_bodies (
  body_hash bytea primary key,
  body text not null,
  last_used_at timestamptz not null default now()
);
grant select on robots_bodies to outrider_app;
grant select, insert, update, delete on robots_bodies to outrider_system;

insert into robots_bodies (body_hash, body)
  select distinct sha256(convert_to(body, 'UTF8')), body from robots_files where body is not null;
alter table robots_files add column body_hash bytea;
update robots_files set body_hash = sha256(convert_to(body, 'UTF8')) where body is not null;
alter table robots_files drop column body;
create index robots_files_by_body on robots_files (body_hash);

-- By which robots.txt an execution decided, and from when: a row when a lane first asks an origin, and one whenever the
-- answer changes while it runs. A tenant knows of the robots.txt of those origins that its own executions asked.
create table execution_robots (
  execution_id uuid not null references campaign_executions on delete cascade,
  origin text not null,
  -- When the lane was told; what the execution decided of the origin from then on, it decided by this.
  told_at timestamptz not null default clock_timestamp(),
  tenant_id uuid not null,
  outcome text not null check (outcome in ('rules', 'allow_all', 'unreachable')),
  detail text,
  body_hash bytea,
  -- When the file was read from the site, which may have been for another execution.
  fetched_at timestamptz not null,
  primary key (execution_id, origin, told_at),
  constraint rules_have_a_text check ((outcome = 'rules') = (body_hash is not null))
);
create index execution_robots_by_origin on execution_robots (tenant_id, origin, told_at);
create index execution_robots_by_body on execution_robots (body_hash);
select protect_tenant_table('execution_robots');
