import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '@outrider/db';
import { createTestDatabase } from '@outrider/db/testing';
import { afterEach, expect, inject, it, vi } from 'vitest';
import { watchDatabase } from './watch-database.js';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** What the last look saw; null before the first. */
function watch(ping: () => Promise<void>): () => boolean | null {
  let seen: boolean | null = null;
  cleanups.push(
    watchDatabase({
      ping,
      intervalMs: 50,
      onLook: (isUp) => {
        seen = isUp;
      },
    }),
  );
  return () => seen;
}

it('a database that answers is up, one whose connections are refused is not, and one that is back is again', async () => {
  const db = await createTestDatabase(inject('postgresAdminUrl'));
  cleanups.push(() => db.drop());
  const database = openDatabase({ url: db.url, role: 'outrider_system', applicationName: 'watch' });
  cleanups.push(() => database.close());
  let address = 'right';
  const wrong = openDatabase({
    url: 'postgres://nobody@127.0.0.1:1/none',
    role: 'outrider_system',
    applicationName: 'watch',
  });
  cleanups.push(() => wrong.close());
  const seen = watch(() => (address === 'right' ? database : wrong).ping());
  await vi.waitFor(() => expect(seen()).toBe(true), { timeout: 10_000 });
  address = 'wrong';
  await vi.waitFor(() => expect(seen()).toBe(false), { timeout: 10_000 });
  address = 'right';
  await vi.waitFor(() => expect(seen()).toBe(true), { timeout: 10_000 });
});

it('a database that hangs is not up, is asked once, and is up when it answers after all', async () => {
  const asked: (() => void)[] = [];
  const seen = watch(() => new Promise((resolve) => asked.push(resolve)));
  await vi.waitFor(() => expect(seen()).toBe(false), { timeout: 10_000 });
  await sleep(200);
  expect(asked).toHaveLength(1);
  asked[0]?.();
  await vi.waitFor(() => expect(seen()).toBe(true), { timeout: 10_000 });
});
