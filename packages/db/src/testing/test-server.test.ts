import { existsSync } from 'node:fs';
import postgres from 'postgres';
import { describe, expect, it } from 'vitest';
import { startTestServer } from './test-server.js';

describe('startTestServer', () => {
  it('gives an empty server that does not wait for the disk, and removes it at the end', async () => {
    const server = await startTestServer();
    const sql = postgres(server.adminUrl, { max: 1 });
    const [row] = await sql`
      select current_setting('fsync') as fsync, current_setting('data_directory') as directory`;
    await sql.end();
    expect(row?.['fsync']).toBe('off');
    expect(existsSync(String(row?.['directory']))).toBe(true);
    await server.stop();
    expect(existsSync(String(row?.['directory']))).toBe(false);
  });

  it('uses the outside server it is given, and leaves it running', async () => {
    const server = await startTestServer();
    const outside = await startTestServer({ databaseUrl: server.adminUrl });
    expect(outside.adminUrl).toBe(server.adminUrl);
    await outside.stop();
    const sql = postgres(server.adminUrl, { max: 1 });
    expect(await sql`select 1 as n`).toEqual([{ n: 1 }]);
    await sql.end();
    await server.stop();
  });
});
