import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createEmptyDatabase } from '../testing/empty-database.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { dumpSchema } from './dump-schema.js';
import { MIGRATIONS_DIRECTORY } from './migration-files.js';

const FILE = join(MIGRATIONS_DIRECTORY, 'schema.sql');

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

it('drizzle/schema.sql is what the migrations make (else run: node scripts/dump-schema.mjs)', async () => {
  expect(await dumpSchema({ adminUrl: db.url })).toBe(await readFile(FILE, 'utf8'));
});

it('drizzle/schema.sql makes the same schema by itself', async () => {
  const empty = await createEmptyDatabase(inject('postgresAdminUrl'));
  const schema = await readFile(FILE, 'utf8');
  await empty.run((sql) => sql.unsafe(schema));
  const again = await dumpSchema({ adminUrl: empty.url });
  await empty.drop();
  expect(again).toBe(schema);
});

it('months do not show in the dump', async () => {
  const before = await dumpSchema({ adminUrl: db.url });
  await db.system.withSystem(({ sql }) => sql`select ensure_partitions(12)`);
  expect(await dumpSchema({ adminUrl: db.url })).toBe(before);
});

it('a change of the schema shows in the dump', async () => {
  const changes = [
    'alter table tenants add column extra integer',
    'create index tenants_by_age on tenants (created_at)',
    'drop policy system_access on tenants',
    'grant truncate on tenants to outrider_app',
    'alter table tenants no force row level security',
    'drop trigger tenants_updated_at on tenants',
  ];
  const empty = await createEmptyDatabase(inject('postgresAdminUrl'));
  await empty.run(async (sql) => sql.unsafe(await readFile(FILE, 'utf8')));
  const dumps = new Set([await dumpSchema({ adminUrl: empty.url })]);
  for (const change of changes) {
    await empty.run((sql) => sql.unsafe(change));
    dumps.add(await dumpSchema({ adminUrl: empty.url }));
  }
  await empty.drop();
  expect(dumps.size).toBe(changes.length + 1);
});
