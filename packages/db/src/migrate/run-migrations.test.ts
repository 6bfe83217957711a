import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { openDatabase } from '../connect/database.js';
import { createEmptyDatabase, type EmptyDatabase, runAs } from '../testing/empty-database.js';
import { assertMigrated } from './assert-migrated.js';
import { dumpSchema } from './dump-schema.js';
import { findUnprotectedTables } from './find-unprotected-tables.js';
import { MIGRATIONS_DIRECTORY, readMigrations } from './migration-files.js';
import { migrationStatus } from './migration-status.js';
import { rollbackMigrations } from './rollback-migrations.js';
import { MigrationConflictError, runMigrations } from './run-migrations.js';

let empty: EmptyDatabase;
let names: string[];
beforeEach(async () => {
  empty = await createEmptyDatabase(inject('postgresAdminUrl'));
  names = (await readMigrations()).map((migration) => migration.name);
});
afterEach(() => empty.drop());

const migrate = (directory?: string) =>
  runMigrations({ adminUrl: empty.url, ...(directory === undefined ? {} : { directory }) });

async function tablesLeft(): Promise<string[]> {
  const rows = await empty.run(
    (sql) => sql<{ name: string }[]>`
      select relname::text as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'S')`,
  );
  return rows.map((row) => row.name);
}

describe('runMigrations', () => {
  it('applies all of them in order, and a second run changes nothing', async () => {
    expect((await migrate()).applied).toEqual(names);
    const schema = await dumpSchema({ adminUrl: empty.url });
    const before = await empty.run((sql) => sql`select * from schema_migrations order by name`);
    expect((await migrate()).applied).toEqual([]);
    expect(await dumpSchema({ adminUrl: empty.url })).toBe(schema);
    expect(await empty.run((sql) => sql`select * from schema_migrations order by name`)).toEqual(before);
  });

  it('two runners at once apply each migration once', async () => {
    const runs = await Promise.all([migrate(), migrate(), migrate()]);
    expect(runs.flatMap((run) => run.applied).sort()).toEqual(names);
  });

  it('two databases of a server can be migrated at the same moment', async () => {
    const other = await createEmptyDatabase(inject('postgresAdminUrl'));
    const runs = await Promise.all([migrate(), runMigrations({ adminUrl: other.url })]);
    await other.drop();
    expect(runs.map((run) => run.applied)).toEqual([names, names]);
  });

  it('up, down and up again gives the same schema, and down leaves nothing behind', async () => {
    await migrate();
    const schema = await dumpSchema({ adminUrl: empty.url });
    const { rolledBack } = await rollbackMigrations({ adminUrl: empty.url, to: null });
    expect(rolledBack).toEqual([...names].reverse());
    expect(await tablesLeft()).toEqual(['schema_migrations']);
    const functions = await empty.run(
      (sql) => sql`select from pg_proc where pronamespace = 'public'::regnamespace`,
    );
    expect(functions).toHaveLength(0);
    await migrate();
    expect(await dumpSchema({ adminUrl: empty.url })).toBe(schema);
  });

  it('each migration can be undone and done again by itself', { timeout: 120_000 }, async () => {
    await migrate();
    const schema = await dumpSchema({ adminUrl: empty.url });
    for (const name of names.slice(0, -1)) {
      await rollbackMigrations({ adminUrl: empty.url, to: name });
      const { applied } = await migrate();
      expect(applied).toEqual(names.slice(names.indexOf(name) + 1));
    }
    expect(await dumpSchema({ adminUrl: empty.url })).toBe(schema);
  });

  it('each rollback leaves the schema as it was before its migration', { timeout: 60_000 }, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'outrider-migrations-'));
    const schemas = new Map<string, string>();
    for (const name of names) {
      for (const way of ['up', 'down'])
        await cp(join(MIGRATIONS_DIRECTORY, `${name}.${way}.sql`), join(directory, `${name}.${way}.sql`));
      await migrate(directory);
      schemas.set(name, await dumpSchema({ adminUrl: empty.url }));
    }
    for (const name of names.slice(0, -1).reverse()) {
      await rollbackMigrations({ adminUrl: empty.url, to: name });
      expect(await dumpSchema({ adminUrl: empty.url })).toBe(schemas.get(name));
    }
    await rm(directory, { recursive: true });
  });

  it('the counts of errors are added while an execution is being ended, and neither stops the other', async () => {
    await migrate();
    const added = names.findIndex((name) => name.endsWith('_errors_counted_as_they_come'));
    await rollbackMigrations({ adminUrl: empty.url, to: names[added - 1] ?? '' });
    const system = openDatabase({ url: empty.url, role: 'outrider_system', applicationName: 'test' });
    const migrating: Promise<unknown>[] = [];
    await system.withSystem(async ({ sql }) => {
      await sql`select 1 from campaign_executions for no key update`;
      await sql`select 1 from campaign_errors`;
      migrating.push(migrate());
      const waiting = () =>
        empty.run(
          (admin) =>
            admin`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
      await expect.poll(waiting, { timeout: 10_000 }).toHaveLength(1);
      await sql`update campaign_executions set last_progress_at = now()`;
    });
    expect(await Promise.all(migrating)).toEqual([{ applied: names.slice(added) }]);
    await system.close();
  });

  it('the roles may read which migrations were applied, and nothing more', async () => {
    await migrate();
    const rights = await empty.run(
      (sql) => sql<{ grantee: string; privilege: string }[]>`
        select grantee::text, privilege_type::text as privilege from information_schema.role_table_grants
        where table_name = 'schema_migrations' and grantee like 'outrider_%' order by 1, 2`,
    );
    expect(rights).toEqual([
      { grantee: 'outrider_app', privilege: 'SELECT' },
      { grantee: 'outrider_system', privilege: 'SELECT' },
    ]);
  });
});

describe('a history that does not fit the files', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'outrider-migrations-'));
    await cp(MIGRATIONS_DIRECTORY, directory, { recursive: true });
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const addMigration = async (name: string, up: string, down = 'select 1'): Promise<void> => {
    await writeFile(join(directory, `${name}.up.sql`), up);
    await writeFile(join(directory, `${name}.down.sql`), down);
  };

  it('a file changed after it was applied is refused by name', async () => {
    await migrate(directory);
    const file = join(directory, `${names[1]}.up.sql`);
    await writeFile(file, `${await readFile(file, 'utf8')}\n-- changed`);
    await expect(migrate(directory)).rejects.toThrow(MigrationConflictError);
    await expect(migrate(directory)).rejects.toThrow(names[1]);
  });

  it('a database of a newer version is refused', async () => {
    await addMigration('9999_from_the_future', 'create table future (id integer)');
    await migrate(directory);
    await expect(migrate()).rejects.toThrow('9999_from_the_future');
  });

  it('a migration numbered before one already applied is refused', async () => {
    await migrate(directory);
    await addMigration('0000_too_late', 'select 1');
    await expect(migrate(directory)).rejects.toThrow('0000_too_late');
  });

  it('a migration that fails leaves nothing of itself and keeps those before it', async () => {
    await addMigration('9998_good', 'create table good (id integer)', 'drop table good');
    await addMigration('9999_broken', 'create table half (id integer); select 1 / 0');
    await expect(migrate(directory)).rejects.toMatchObject({ code: '22012' });
    const tables = await tablesLeft();
    expect([tables.includes('good'), tables.includes('half')]).toEqual([true, false]);
    const status = await migrationStatus({ adminUrl: empty.url, directory });
    expect(status.pending).toEqual(['9999_broken']);
    expect(status.applied.map((row) => row.name)).toEqual([...names, '9998_good']);
  });

  it('a migration without a rollback is refused before anything runs', async () => {
    await writeFile(join(directory, '9999_one_way.up.sql'), 'select 1');
    await expect(migrate(directory)).rejects.toThrow('9999_one_way.down.sql');
    expect(await tablesLeft()).toEqual([]);
  });

  it('there is no way back to a migration that was never applied', async () => {
    await migrate(directory);
    await expect(rollbackMigrations({ adminUrl: empty.url, to: '0042_never' })).rejects.toThrow('0042_never');
  });
});

describe('assertMigrated', () => {
  it.each(['outrider_app', 'outrider_system'] as const)(
    'as %s accepts exactly the schema of this version',
    async (role) => {
      const database = openDatabase({ url: empty.url, role, applicationName: 'test' });
      const refusal = { code: 'migrations_pending' };
      await expect(assertMigrated(database)).rejects.toMatchObject(refusal);
      await migrate();
      await expect(assertMigrated(database)).resolves.toBeUndefined();
      await rollbackMigrations({ adminUrl: empty.url, to: names.at(-2) ?? '' });
      await expect(assertMigrated(database)).rejects.toMatchObject(refusal);
      await database.close();
    },
  );
});

describe('an owner who is no superuser', () => {
  const owner = `owner_${randomUUID().slice(0, 8)}`;
  let theirs: EmptyDatabase;
  let ownerUrl: string;

  beforeAll(async () => {
    const adminUrl = inject('postgresAdminUrl');
    // Whether the server's roles exist already must not matter: the owner is made to be able to grant them.
    await runAs(adminUrl, (sql) => sql.unsafe(`create role ${owner} login createrole password 'secret'`));
    await runAs(adminUrl, async (sql) => {
      for (const role of ['outrider_app', 'outrider_system']) {
        const [exists] = await sql`select from pg_roles where rolname = ${role}`;
        if (exists !== undefined) await sql.unsafe(`grant ${role} to ${owner}`);
      }
    });
    theirs = await createEmptyDatabase(adminUrl, owner);
    const url = new URL(theirs.url);
    url.username = owner;
    url.password = 'secret';
    ownerUrl = url.href;
  });
  afterAll(async () => {
    await theirs.drop();
    const adminUrl = inject('postgresAdminUrl');
    await runAs(adminUrl, (sql) => sql.unsafe(`drop owned by ${owner}; drop role ${owner}`));
  });

  it('migrates, and the roles work and are kept apart under their login', async () => {
    expect((await runMigrations({ adminUrl: ownerUrl })).applied).toEqual(names);
    expect(await findUnprotectedTables({ adminUrl: ownerUrl })).toEqual([]);
    const system = openDatabase({ url: ownerUrl, role: 'outrider_system', applicationName: 'test' });
    const app = openDatabase({ url: ownerUrl, role: 'outrider_app', applicationName: 'test' });
    const [mine, other] = [randomUUID(), randomUUID()];
    await system.withSystem(
      ({ sql }) => sql`insert into tenants (id, name) values (${mine}, 'a'), (${other}, 'b')`,
    );
    const seen = await app.withTenant(mine, ({ sql }) => sql<{ id: string }[]>`select id from tenants`);
    expect(seen.map((row) => row.id)).toEqual([mine]);
    // Foreign keys and partition upkeep run with the owner's rights, and FORCE applies to owners too.
    const [made] = await system.withSystem(
      ({ sql }) => sql<{ made: number }[]>`select ensure_partitions(6) as made`,
    );
    expect(made?.made).toBeGreaterThan(0);
    await system.withSystem(async ({ sql }) => {
      await sql`insert into api_keys (id, tenant_id, name, public_id, environment, secret_hash, last_four, scope)
        values (${randomUUID()}, ${other}, 'key', 'crw_test_x', 'test', ${Buffer.alloc(32)}, 'abcd', 'viewer')`;
      await sql`delete from tenants where id = ${other}`;
    });
    expect(await system.withSystem(({ sql }) => sql`select from api_keys`)).toHaveLength(0);
    await Promise.all([system.close(), app.close()]);
  });
});
