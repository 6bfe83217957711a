import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import postgres from 'postgres';
import { expect, inject, it } from 'vitest';

it('the run has a PostgreSQL 14 or newer whose user may do anything', async () => {
  const sql = postgres(inject('postgresAdminUrl'), { max: 1 });
  try {
    const [row] = await sql`
      select current_setting('server_version_num')::int / 10000 as version, usesuper from pg_user
      where usename = current_user`;
    expect(row).toMatchObject({ usesuper: true });
    expect(row?.['version']).toBeGreaterThanOrEqual(14);
  } finally {
    await sql.end();
  }
});

it('the run has a Redis that keeps nothing and evicts nothing', async () => {
  const { hostname, port } = new URL(inject('redisUrl'));
  const socket = connect(Number(port), hostname);
  socket.end('CONFIG GET maxmemory-policy\r\nCONFIG GET save\r\nQUIT\r\n');
  expect(await text(socket)).toContain('noeviction');
});
