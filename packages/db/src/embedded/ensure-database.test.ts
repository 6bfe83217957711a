import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { ensureDatabase } from './ensure-database.js';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.stop());

describe('ensureDatabase', () => {
  it('makes a missing database and leaves one that is there as it is', async () => {
    const url = await ensureDatabase(server.adminUrl, 'ledger');
    const sql = postgres(url, { max: 1 });
    await sql`create table kept (n int)`;
    expect(await ensureDatabase(server.adminUrl, 'ledger')).toBe(url);
    const [row] = await sql`select current_database() as name, to_regclass('kept') is not null as kept`;
    expect(row).toEqual({ name: 'ledger', kept: true });
    await sql.end();
  });

  it('may be asked for the same database by many at once', async () => {
    const urls = await Promise.all(
      Array.from({ length: 8 }, () => ensureDatabase(server.adminUrl, 'shared')),
    );
    expect(new Set(urls).size).toBe(1);
  });
});
