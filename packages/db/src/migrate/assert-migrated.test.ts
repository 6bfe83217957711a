import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { runAs } from '../testing/empty-database.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { assertMigrated } from './assert-migrated.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

it('a process works beside a newer version, whose migration only adds, and not on a schema that lacks something', async () => {
  await runAs(
    db.url,
    (sql) => sql`insert into schema_migrations (name, checksum) values ('9999_from_the_future', 'x')`,
  );
  for (const database of [db.app, db.system]) await expect(assertMigrated(database)).resolves.toBeUndefined();
  await runAs(db.url, (sql) => sql`delete from schema_migrations where name like '0003%'`);
  await expect(assertMigrated(db.app)).rejects.toMatchObject({ code: 'migrations_pending' });
});
