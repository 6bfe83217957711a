import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { startTcpProxy } from '../testing/tcp-proxy.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { openConnection } from './connection.js';

let db: TestDatabase;
const unheld: unknown[] = [];
const note = (reason: unknown): unknown => unheld.push(reason);

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
  process.on('unhandledRejection', note);
});
afterAll(async () => {
  process.off('unhandledRejection', note);
  await db.drop();
});

/** Opens through a relay that breaks as the server sends its `nth` piece, before that is passed on. True when it opened. */
async function opensDespiteCut(nth: number): Promise<boolean> {
  const proxy = await startTcpProxy({ targetPort: Number(new URL(db.url).port), cutAtPiece: nth });
  const url = new URL(db.url);
  url.port = String(proxy.port);
  try {
    const connection = await openConnection({ url: url.href, parameters: {} });
    await connection.end();
    return true;
  } catch {
    return false;
  } finally {
    await proxy.close();
  }
}

it('a connection that ends while it opens is refused to its opener, and to nobody else', async () => {
  const pieces = 20;
  const opened: boolean[] = [];
  while (!opened.includes(true) && opened.length < pieces) opened.push(await opensDespiteCut(opened.length));
  // What nobody holds is told of after the callbacks of its turn.
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(opened).toContain(true);
  expect(opened.filter((isOpen) => !isOpen).length).toBeGreaterThan(3);
  expect(unheld).toEqual([]);
});
