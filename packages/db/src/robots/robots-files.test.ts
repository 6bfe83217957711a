import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { type KeptRobots, readRobotsFile, type StoredRobots, storeRobotsFile } from './robots-files.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

const LIFE = { answerSeconds: 3_600, unreachableSeconds: 30, oldCopySeconds: 300 };
const RULES: StoredRobots = { outcome: 'rules', statusCode: 200, body: 'Disallow: /', detail: null };
const AWAY: StoredRobots = { outcome: 'unreachable', statusCode: 503, body: null, detail: 'it answered 503' };

const store = (origin: string, robots: StoredRobots): Promise<KeptRobots> =>
  db.system.withSystem((tx) => storeRobotsFile(tx, origin, robots, LIFE));
const age = (origin: string, days: number): Promise<unknown> =>
  db.system.withSystem(
    (tx) => tx.sql`
      update robots_files set fetched_at = now() - ${days} * interval '1 day', expires_at = now() where origin = ${origin}`,
  );

it('an answer is fresh for as long as it says', async () => {
  const kept = await store('http://fresh.test', RULES);
  expect(kept).toMatchObject({ robots: RULES });
  expect(kept.freshForMs).toBeGreaterThan(3_590_000);
  const read = await db.system.withSystem((tx) => readRobotsFile(tx, 'http://fresh.test'));
  expect(read).toMatchObject({ robots: RULES, fetchedAt: kept.fetchedAt });
  expect(await db.system.withSystem((tx) => readRobotsFile(tx, 'http://never.test'))).toBeNull();
});

it.each([1, 29])('a file read %i days ago holds while the server is down (B10)', async (days) => {
  const origin = `http://old-${days}.test`;
  await store(origin, RULES);
  await age(origin, days);
  const kept = await store(origin, AWAY);
  expect(kept.robots).toEqual(RULES);
  expect(kept.freshForMs).toBeGreaterThan(290_000);
  expect(kept.freshForMs).toBeLessThanOrEqual(300_000);
});

it('a file read more than 30 days ago does not: nothing may be fetched then (B10)', async () => {
  await store('http://too-old.test', RULES);
  await age('http://too-old.test', 31);
  const kept = await store('http://too-old.test', AWAY);
  expect(kept.robots).toEqual(AWAY);
  expect(kept.freshForMs).toBeLessThanOrEqual(30_000);
});

it('an answer takes the place of a file that could not be read, and says no more since when', async () => {
  await store('http://back.test', AWAY);
  expect((await store('http://back.test', RULES)).robots).toEqual(RULES);
  const [row] = await db.system.withSystem(
    (tx) => tx.sql`select unreachable_since from robots_files where origin = 'http://back.test'`,
  );
  expect(row).toEqual({ unreachable_since: null });
});
