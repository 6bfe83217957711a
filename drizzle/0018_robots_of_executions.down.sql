drop table execution_robots;

-- Made anew, so that its columns stand as they stood.
create table robots_files_with_bodies as
  select origin, outcome, status_code, body, detail, fetched_at, expires_at, unreachable_since
  from robots_files left join robots_bodies using (body_hash);
drop table robots_files;
drop table robots_bodies;
create table robots_files (
  origin text primary key,
  outcome text not null check (outcome in ('rules', 'allow_all', 'unreachable')),
  status_code integer,
  body text,
  detail text,
  fetched_at timestamptz not null default now(),
  expires_at timestamptz not null,
  unreachable_since timestamptz
);
grant select, insert, update, delete on robots_files to outrider_app, outrider_system;
insert into robots_files select * from robots_files_with_bodies;
drop table robots_files_with_bodies;
