import { OutriderError } from '@outrider/shared';
import type { Database } from './database.js';

interface RoleFacts {
  name: string;
  superuser: boolean;
  bypasses: boolean;
  owned: string | null;
  row_security: boolean;
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

async function readRoleFacts(database: Database): Promise<RoleFacts | undefined> {
  const [facts] = await database.withTenant(
    NOBODY,
    (tx) => tx.sql<RoleFacts[]>`
      select rolname::text as name, rolsuper as superuser, rolbypassrls as bypasses,
        current_setting('row_security')::boolean as row_security,
        (select min(relation.oid::regclass::text) from pg_class relation
          where relation.relowner = pg_roles.oid and relation.relkind in ('r', 'p', 'v', 'm', 'f')) as owned
      from pg_roles where rolname = current_user`,
    { readOnly: true },
  );
  return facts;
}

function dangerOf(facts: RoleFacts | undefined, expected: string): string | null {
  if (facts === undefined) return 'the role of the connection cannot be read';
  if (facts.superuser) return `the role ${facts.name} is a superuser`;
  if (facts.bypasses) return `the role ${facts.name} has BYPASSRLS`;
  if (facts.owned !== null) return `the role ${facts.name} owns ${facts.owned}`;
  if (!facts.row_security) return 'row_security is off';
  // A connection pooler may swallow the start-up parameter that names the role.
  if (facts.name !== expected) return `the connection works as ${facts.name} instead of ${expected}`;
  return null;
}

/**
 * Refuses to start on a connection that could see past row-level security: throws
 * OutriderError('unsafe_database_role').
 */
export async function assertSafeRole(database: Database): Promise<void> {
  const danger = dangerOf(await readRoleFacts(database), database.role);
  if (danger !== null)
    throw new OutriderError('unsafe_database_role', `${danger}; tenants would not be kept apart.`);
}
