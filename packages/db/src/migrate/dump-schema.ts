import { openConnection, type RawSql } from '../connect/connection.js';

/** Month partitions come and go by themselves; only their default partition is part of the schema. */
const IS_MONTH_PARTITION = "relation.relispartition and relation.relname ~ '_[0-9]{6}$'";

/** The tables of the schema `public`, without month partitions. `relation` is the row of pg_class. */
const TABLES = `
  pg_class relation
  where relation.relnamespace = 'public'::regnamespace and relation.relkind in ('r', 'p')
    and not (${IS_MONTH_PARTITION})`;

const ROLES = `
  select format('-- role %s:%s%s%s%s', rolname, case when rolcanlogin then ' login' else ' nologin' end,
      case when rolsuper then ' superuser' else ' nosuperuser' end,
      case when rolbypassrls then ' bypassrls' else ' nobypassrls' end,
      case when rolinherit then ' inherit' else ' noinherit' end) as statement
  from pg_roles where rolname in ('outrider_app', 'outrider_system') order by rolname`;

const FUNCTIONS = `
  select rtrim(pg_get_functiondef(oid), E'\\n') || ';' as statement
  from pg_proc where pronamespace = 'public'::regnamespace order by proname, oid::regprocedure::text collate "C"`;

const SEQUENCES = `
  select format('create sequence %I as %s start %s increment %s cache %s;',
      sequencename, data_type, start_value, increment_by, cache_size) as statement
  from pg_sequences where schemaname = 'public' order by sequencename`;

const CREATE_TABLES = `
  select case
      when relation.relispartition then format('create table %I partition of %s %s;', relation.relname,
        (select inhparent::regclass from pg_inherits where inhrelid = relation.oid),
        lower(pg_get_expr(relation.relpartbound, relation.oid)))
      else format(E'create table %I (\\n%s\\n)%s;', relation.relname,
        (select string_agg(format('  %I %s%s%s', attname, format_type(atttypid, atttypmod),
            coalesce(case when attgenerated = 's' then format(' generated always as (%s) stored', pg_get_expr(adbin, adrelid))
              else ' default ' || pg_get_expr(adbin, adrelid) end, ''),
            case when attnotnull then ' not null' else '' end), E',\\n' order by attnum)
          from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
          where attrelid = relation.oid and attnum > 0 and not attisdropped),
        coalesce(' partition by ' || pg_get_partkeydef(relation.oid), ''))
    end as statement
  from ${TABLES} order by relation.relispartition, relation.relname`;

/** Keys before checks, and those before references, which need the keys. NOT NULL stands at the column. */
const CONSTRAINTS = `
  select format('alter table %I add constraint %I %s;', relation.relname, conname,
      pg_get_constraintdef(pg_constraint.oid)) as statement
  from pg_constraint, ${TABLES} and conrelid = relation.oid and contype in ('p', 'u', 'c', 'f')
    and not relation.relispartition
  order by contype = 'f', contype = 'c', relation.relname, conname`;

const INDEXES = `
  select replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') || ';' as statement
  from pg_index, ${TABLES} and indrelid = relation.oid and not relation.relispartition
    and not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u'))
  order by relation.relname, indexrelid::regclass::text collate "C"`;

const TRIGGERS = `
  select pg_get_triggerdef(pg_trigger.oid) || ';' as statement
  from pg_trigger, ${TABLES} and tgrelid = relation.oid and not tgisinternal and not relation.relispartition
  order by relation.relname, tgname`;

const ROW_SECURITY = `
  select format('alter table %I%s%s;', relation.relname,
      case when relrowsecurity then ' enable row level security' else '' end,
      case when relforcerowsecurity then ', force row level security' else '' end) as statement
  from ${TABLES} and (relrowsecurity or relforcerowsecurity) order by relation.relname`;

const POLICIES = `
  select format('create policy %I on %I as %s for %s to %s%s%s;', policyname, tablename, lower(permissive),
      lower(cmd), array_to_string(roles, ', '), coalesce(' using (' || qual || ')', ''),
      coalesce(' with check (' || with_check || ')', '')) as statement
  from pg_policies where schemaname = 'public' order by tablename, policyname`;

/** A null list of rights means the built-in ones: nothing for tables, EXECUTE for everybody for functions. */
const GRANTS = `
  with rights as (
    select 1 as kind, format('table %I', relation.relname) as object, relacl as acl, relowner as owner from ${TABLES}
    union all
    select 2, format('sequence %I', relname), relacl, relowner from pg_class
      where relnamespace = 'public'::regnamespace and relkind = 'S'
    union all
    select 3, format('function %s', oid::regprocedure), proacl, proowner from pg_proc
      where pronamespace = 'public'::regnamespace
    union all
    select 4, 'schema public', array(select item from unnest(nspacl) item
      where item::text ~ '^outrider_'), nspowner from pg_namespace where nspname = 'public'
  ), granted as (
    select kind, object, grantee, string_agg(lower(privilege_type), ', ' order by privilege_type) as privileges
    from rights, aclexplode(acl) where grantee <> owner group by kind, object, grantee
  )
  select statement from (
    select kind, object, 0 as step, format('revoke all on %s from public;', object) as statement
      from rights where kind = 3 and acl is not null
        and not exists (select from aclexplode(acl) where grantee = 0)
    union all
    select kind, object, 1, format('grant %s on %s to %s;', privileges, object,
        case grantee when 0 then 'public' else pg_get_userbyid(grantee)::text end) from granted
  ) statements order by kind, object collate "C", step, statement collate "C"`;

const SECTIONS: readonly (readonly [title: string, query: string])[] = [
  ['Roles (of the server, not of the database)', ROLES],
  ['Functions', FUNCTIONS],
  ['Sequences', SEQUENCES],
  ['Tables', CREATE_TABLES],
  ['Constraints', CONSTRAINTS],
  ['Indexes', INDEXES],
  ['Triggers', TRIGGERS],
  ['Row-level security', ROW_SECURITY],
  ['Policies', POLICIES],
  ['Grants', GRANTS],
];

async function dumpSection(sql: RawSql, title: string, query: string): Promise<string> {
  const rows = await sql.unsafe<{ statement: string }[]>(query);
  return [`-- ${title}`, ...rows.map((row) => row.statement)].join('\n');
}

/**
 * The schema of a migrated database as SQL, in a fixed order and the same on every version of PostgreSQL
 * that we support. Read from the catalogue, since the embedded server comes without pg_dump.
 */
export async function dumpSchema({ adminUrl }: { adminUrl: string }): Promise<string> {
  const connection = await openConnection({
    url: adminUrl,
    parameters: { search_path: 'public', TimeZone: 'UTC' },
  });
  try {
    const sections: string[] = [
      '-- The schema that the migrations make. Written by scripts/dump-schema.mjs; do not edit.',
      '-- Functions in SQL name tables that come after them.\nset check_function_bodies = off;',
    ];
    for (const [title, query] of SECTIONS) sections.push(await dumpSection(connection.sql, title, query));
    return `${sections.join('\n\n')}\n`;
  } finally {
    await connection.end();
  }
}
