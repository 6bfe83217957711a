import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

const ring = (payload: string) => db.app.withTenant(db.tenantId, ({ sql }) => sql.notify('bell', payload));

it('a listener hears what is committed, hears again after its connection broke, and is told to look then', async () => {
  const heard: string[] = [];
  const listener = await db.app.listen('bell', (payload) => heard.push(payload));
  await ring('one');
  await vi.waitFor(() => expect(heard).toEqual(['one']));

  await db.terminateSessions('test app');
  await vi.waitFor(() => expect(heard).toEqual(['one', '']), 10_000);
  await ring('two');
  await vi.waitFor(() => expect(heard).toEqual(['one', '', 'two']));

  await listener.close();
  await ring('three');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(heard).toEqual(['one', '', 'two']);
});

it('what is rolled back is not heard', async () => {
  const heard: string[] = [];
  const listener = await db.app.listen('bell', (payload) => heard.push(payload));
  const undone = db.app.withTenant(db.tenantId, async ({ sql }) => {
    await sql.notify('bell', 'undone');
    throw new Error('undo');
  });
  await expect(undone).rejects.toThrow('undo');
  await ring('done');
  await vi.waitFor(() => expect(heard).toEqual(['done']));
  await listener.close();
});
