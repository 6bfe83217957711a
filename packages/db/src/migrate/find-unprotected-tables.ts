import { openConnection } from '../connect/connection.js';

export interface UnprotectedTable {
  readonly table: string;
  readonly problem: string;
}

/**
 * A table holds tenants' data when it has a tenant_id, or refers to a campaign or an execution. Those need
 * row-level security, also against their owner, and exactly the two policies of protect_tenant_table().
 * A partition must give nothing to anybody: it is reached through its parent, under the parent's policies.
 * A view must read with the rights of who asks.
 */
const PROBLEMS = `
  with tenant_tables as (
    select relation.oid, relation.relname, relation.relispartition, relrowsecurity, relforcerowsecurity, relacl, relowner,
      exists (select from pg_attribute where attrelid = relation.oid and attname = 'tenant_id' and not attisdropped
        or relation.relname = 'tenants') as has_tenant
    from pg_class relation
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
      and (relname = 'tenants' or exists (select from pg_attribute where attrelid = relation.oid
        and attname in ('tenant_id', 'campaign_id', 'execution_id') and not attisdropped))
  ), policies as (
    select polrelid, polname, array(select rolname::text from pg_roles where pg_roles.oid = any(polroles)) as roles,
      polcmd = '*' and polpermissive as is_plain,
      coalesce(pg_get_expr(polqual, polrelid), '') as qual, coalesce(pg_get_expr(polwithcheck, polrelid), '') as checked
    from pg_policy
  )
  select relname as table, 'has no tenant_id, but refers to a campaign or an execution' as problem
    from tenant_tables where not has_tenant
  union all
  select relname, 'row-level security is not enabled' from tenant_tables where not relrowsecurity
  union all
  select relname, 'row-level security is not forced on its owner' from tenant_tables where not relforcerowsecurity
  union all
  select relname, 'lacks the policy tenant_isolation' from tenant_tables where not relispartition and not exists (
    select from policies where polrelid = tenant_tables.oid and polname = 'tenant_isolation' and is_plain
      and roles = '{outrider_app}' and qual like '%app.tenant_id%' and checked = qual)
  union all
  select relname, 'lacks the policy system_access' from tenant_tables where not relispartition and not exists (
    select from policies where polrelid = tenant_tables.oid and polname = 'system_access' and is_plain
      and roles = '{outrider_system}')
  union all
  select relname, 'has the unknown policy ' || polname from tenant_tables join policies on polrelid = tenant_tables.oid
    where relispartition or polname not in ('tenant_isolation', 'system_access')
  union all
  select distinct relname, 'is a partition, yet grants rights of its own' from tenant_tables, aclexplode(relacl)
    where relispartition and grantee <> relowner
  union all
  select relname, 'is a view without security_invoker' from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')
      and not coalesce('security_invoker=true' = any(reloptions), false)
  order by 1, 2`;

/** The tables of a database whose rows one tenant could see of another, each with why; empty when all is well. */
export async function findUnprotectedTables({ adminUrl }: { adminUrl: string }): Promise<UnprotectedTable[]> {
  const connection = await openConnection({ url: adminUrl, parameters: { search_path: 'public' } });
  try {
    return [...(await connection.sql.unsafe<UnprotectedTable[]>(PROBLEMS))];
  } finally {
    await connection.end();
  }
}
