import { createHash, randomUUID } from 'node:crypto';
import { newId } from '@outrider/shared';
import { openConnection, type RawSql } from '../connect/connection.js';
import { type Database, openDatabase } from '../connect/database.js';
import { readMigrations } from '../migrate/migration-files.js';
import { runMigrations } from '../migrate/run-migrations.js';

/** A migrated database of a test's own, with one tenant and nothing else in it. */
export interface TestDatabase {
  /** The administrator's URL of this database: for starting processes on it. */
  readonly url: string;
  readonly app: Database;
  readonly system: Database;
  readonly tenantId: string;
  /** Runs statements as the owner of the tables: for what the platform's own roles may not do. */
  asOwner<T>(work: (sql: RawSql) => Promise<T>): Promise<T>;
  /** Ends sessions of this database from outside, as a crash of the server would end them. */
  terminateSessions(applicationName: string): Promise<void>;
  /** Closes both handles and removes the database, whoever still uses it. */
  drop(): Promise<void>;
}

const TEMPLATE_LOCK = 7_203_419;

function databaseUrl(adminUrl: string, name: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function asAdmin<T>(adminUrl: string, work: (sql: RawSql) => Promise<T>): Promise<T> {
  const connection = await openConnection({
    url: adminUrl,
    parameters: { application_name: 'outrider test databases' },
  });
  try {
    return await work(connection.sql);
  } finally {
    await connection.end();
  }
}

async function templateName(): Promise<string> {
  const hash = createHash('sha256');
  for (const migration of await readMigrations()) hash.update(migration.name).update(migration.checksum);
  return `outrider_template_${hash.digest('hex').slice(0, 16)}`;
}

/** Makes the template if the server has none. It gets its name last, so that a half-made one is never used. */
async function ensureTemplate(sql: RawSql, adminUrl: string, name: string): Promise<void> {
  const [existing] = await sql`select from pg_database where datname = ${name}`;
  if (existing !== undefined) return;
  const draft = `${name}_draft`;
  await sql.unsafe(`drop database if exists ${draft} with (force)`);
  await sql.unsafe(`create database ${draft} template template0 encoding 'UTF8'`);
  await runMigrations({ adminUrl: databaseUrl(adminUrl, draft) });
  await sql.unsafe(`alter database ${draft} rename to ${name}`);
}

async function createFromTemplate(adminUrl: string, database: string): Promise<void> {
  const template = await templateName();
  await asAdmin(adminUrl, async (sql) => {
    await sql.unsafe(`select pg_advisory_lock(${TEMPLATE_LOCK})`);
    await ensureTemplate(sql, adminUrl, template);
    await sql.unsafe(`select pg_advisory_unlock(${TEMPLATE_LOCK})`);
    await sql.unsafe(`create database ${database} template ${template}`);
  });
}

/** Adds a tenant, as the platform's own role; returns its id. */
export async function insertTestTenant(system: Database, name: string): Promise<string> {
  const id = newId();
  await system.withSystem((tx) => tx.sql`insert into tenants (id, name) values (${id}, ${name})`);
  return id;
}

/** Makes a test database on the server. `adminUrl` is that of a user who may create databases and roles. */
export async function createTestDatabase(adminUrl: string): Promise<TestDatabase> {
  const name = `outrider_test_${randomUUID().replaceAll('-', '')}`;
  await createFromTemplate(adminUrl, name);
  const url = databaseUrl(adminUrl, name);
  const app = openDatabase({ url, role: 'outrider_app', maxConnections: 5, applicationName: 'test app' });
  const system = openDatabase({
    url,
    role: 'outrider_system',
    maxConnections: 5,
    applicationName: 'test system',
  });
  const tenantId = await insertTestTenant(system, 'test tenant');
  return {
    url,
    app,
    system,
    tenantId,
    asOwner: (work) => asAdmin(url, work),
    terminateSessions: (applicationName) =>
      asAdmin(url, async (sql) => {
        await sql`
          select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and application_name = ${applicationName}`;
      }),
    drop: async () => {
      await Promise.all([app.close(), system.close()]);
      await asAdmin(adminUrl, (sql) => sql.unsafe(`drop database if exists ${name} with (force)`));
    },
  };
}
