import type { CrashAt } from '@outrider/shared';
import { type Connection, openConnection, type RawSql } from '../connect/connection.js';

/** A connection of the schema's owner, alone with the migrations of its database while `work` runs. */
export interface MigrationTarget {
  /** URL of the user that owns, or is to own, the schema. It needs no superuser, but CREATEROLE for the first run. */
  readonly adminUrl: string;
  /** Default: `drizzle/` of this repository. */
  readonly directory?: string;
  /** For fault tests. */
  readonly crashAt?: CrashAt;
}

/** Any number will do, as long as nothing else in the same database locks it. */
const MIGRATION_LOCK = 7_203_418;

const SESSION = {
  application_name: 'outrider migrate',
  search_path: 'public',
  TimeZone: 'UTC',
  statement_timeout: '0',
  // A migration that waits behind a long query makes every later query wait behind the migration.
  lock_timeout: '30s',
};

async function lockMigrations(sql: RawSql): Promise<void> {
  await sql.unsafe(
    `set lock_timeout = 0; select pg_advisory_lock(${MIGRATION_LOCK}); set lock_timeout = '30s'`,
  );
}

async function ensureLedger(sql: RawSql): Promise<void> {
  await sql.unsafe(`create table if not exists schema_migrations (
    name text primary key,
    checksum text not null,
    applied_at timestamptz not null default now()
  )`);
}

/** Runs `work` under the migrations' lock; two runners take turns. The lock ends with the connection. */
export async function withMigrationSession<T>(
  { adminUrl }: MigrationTarget,
  work: (sql: RawSql) => Promise<T>,
): Promise<T> {
  const connection: Connection = await openConnection({ url: adminUrl, parameters: SESSION });
  try {
    await lockMigrations(connection.sql);
    await ensureLedger(connection.sql);
    return await work(connection.sql);
  } finally {
    await connection.end();
  }
}

/** Runs statements and their record in the ledger as one transaction. */
export async function inTransaction(sql: RawSql, work: () => Promise<void>): Promise<void> {
  await sql.unsafe('begin');
  try {
    await work();
    await sql.unsafe('commit');
  } catch (error) {
    await sql.unsafe('rollback');
    throw error;
  }
}
