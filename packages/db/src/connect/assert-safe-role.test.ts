import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { assertSafeRole } from './assert-safe-role.js';
import { openConnection, type RawSql } from './connection.js';
import { type Database, type DatabaseRole, openDatabase } from './database.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

async function asAdmin(work: (sql: RawSql) => PromiseLike<unknown>): Promise<void> {
  const connection = await openConnection({ url: db.url, parameters: {} });
  await work(connection.sql);
  await connection.end();
}

/** A handle on any role: the type allows only ours, which is what the check is there to doubt. */
function openAs(role: string): Database {
  return openDatabase({ url: db.url, role: role as DatabaseRole, applicationName: 'test' });
}

describe('assertSafeRole', () => {
  it('accepts the two roles of the platform', async () => {
    await expect(assertSafeRole(db.app)).resolves.toBeUndefined();
    await expect(assertSafeRole(db.system)).resolves.toBeUndefined();
  });

  it.each([
    ['a superuser', 'superuser', 'is a superuser'],
    ['a role that may bypass row-level security', 'bypassrls', 'has BYPASSRLS'],
    ['the owner of a table', '', 'owns'],
  ])('refuses %s', async (_name, attribute, reason) => {
    const role = `unsafe_${attribute || 'owner'}`;
    await asAdmin((sql) => sql.unsafe(`drop role if exists ${role}; create role ${role} ${attribute}`));
    if (attribute === '') await asAdmin((sql) => sql.unsafe(`alter table robots_files owner to ${role}`));
    const database = openAs(role);
    const refusal = await assertSafeRole(database).catch((error: unknown) => error);
    await database.close();
    await asAdmin((sql) =>
      sql.unsafe(`reassign owned by ${role} to current_user; drop owned by ${role}; drop role ${role}`),
    );
    expect(refusal).toMatchObject({ code: 'unsafe_database_role' });
    expect(String(refusal)).toContain(reason);
  });
});
