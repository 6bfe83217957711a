import { newId } from '@outrider/shared';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { LaneHold } from '../lanes/take-lane.js';
import { plantExecution } from '../testing/plant-execution.js';
import { createTestDatabase, insertTestTenant, type TestDatabase } from '../testing/test-database.js';
import { noteRobots, readingOf } from './note-robots.js';
import { readKnownRobots, readRobotsAt, type ToldRobots } from './read-known-robots.js';
import { readRobotsBodies, removeUnusedRobotsBodies } from './robots-bodies.js';
import { type KeptRobots, storeRobotsFile } from './robots-files.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

const ORIGIN = 'http://a.test';
const LIFE = { answerSeconds: 3_600, unreachableSeconds: 30, oldCopySeconds: 300 };

const store = (body: string, origin = ORIGIN): Promise<KeptRobots> =>
  db.system.withSystem((tx) =>
    storeRobotsFile(tx, origin, { outcome: 'rules', statusCode: 200, body, detail: null }, LIFE),
  );

async function openHold(tenantId = db.tenantId): Promise<LaneHold> {
  const { executionId, campaignId, laneIds } = await plantExecution({ ...db, tenantId }, {});
  return { executionId, campaignId, tenantId, laneId: laneIds[0] ?? '', instanceId: newId(), epoch: 1 };
}

const note = (hold: LaneHold, kept: KeptRobots, origin = ORIGIN): Promise<void> =>
  db.app.withTenant(hold.tenantId, (tx) => noteRobots(tx, hold, readingOf(origin, kept)));

async function textOf(told: ToldRobots | null | undefined): Promise<string | undefined> {
  const hash = told?.bodyHash ?? '';
  const bodies = await db.app.withTenant(db.tenantId, (tx) => readRobotsBodies(tx, [hash]));
  return bodies.get(hash);
}

it('an execution keeps by which robots.txt it decided, also after the site has changed it', async () => {
  const hold = await openHold();
  await note(hold, await store('Disallow: /old'));
  const [between] = await db.system.withSystem(
    (tx) => tx.sql<{ at: Date }[]>`select clock_timestamp() as at`,
  );
  await note(hold, await store('Disallow: /new'));
  const at = (moment: string | null) =>
    db.app.withTenant(db.tenantId, (tx) => readRobotsAt(tx, hold.executionId, ORIGIN, moment));
  expect(await textOf(await at(between?.at.toISOString() ?? null))).toBe('Disallow: /old');
  expect(await textOf(await at(null))).toBe('Disallow: /new');
  // Before the first answer nothing else was known.
  expect(await textOf(await at('2000-01-01T00:00:00Z'))).toBe('Disallow: /old');
});

it('the same answer is one row, whichever lanes have it and whenever it was read', async () => {
  const hold = await openHold();
  const kept = await store('Disallow: /same');
  await note(hold, kept);
  await note(hold, { ...kept, fetchedAt: new Date(kept.fetchedAt.getTime() + 3_600_000) });
  const gone: KeptRobots = {
    robots: { outcome: 'allow_all', statusCode: 404, body: null, detail: 'it answered 404' },
    freshForMs: 1,
    fetchedAt: new Date(),
    bodyHash: null,
  };
  await note(hold, gone);
  await note(hold, gone);
  await note(hold, kept);
  const rows = await db.system.withSystem(
    (tx) => tx.sql<{ outcome: string }[]>`
      select outcome from execution_robots where execution_id = ${hold.executionId} order by told_at`,
  );
  expect(rows.map(({ outcome }) => outcome)).toEqual(['rules', 'allow_all', 'rules']);
});

it('a tenant knows what its own executions were told last, and nothing that only others were told', async () => {
  const other = await insertTestTenant(db.system, 'another');
  const [own, theirs] = [await openHold(), await openHold(other)];
  await note(own, await store('Disallow: /1', 'http://shared.test'), 'http://shared.test');
  await note(theirs, await store('Disallow: /2', 'http://shared.test'), 'http://shared.test');
  await note(theirs, await store('Disallow: /3', 'http://theirs.test'), 'http://theirs.test');
  const known = await db.app.withTenant(db.tenantId, (tx) =>
    readKnownRobots(tx, ['http://shared.test', 'http://theirs.test', 'http://never.test']),
  );
  expect([...known.keys()]).toEqual(['http://shared.test']);
  expect(await textOf(known.get('http://shared.test'))).toBe('Disallow: /1');
});

it('a text is kept once, and goes a day after nothing refers to it', async () => {
  const hold = await openHold();
  await note(hold, await store('shared text', 'http://x.test'), 'http://x.test');
  await store('shared text', 'http://y.test');
  await store('forgotten text', 'http://z.test');
  await store('its successor', 'http://z.test');
  const texts = async (): Promise<string[]> => {
    const rows = await db.system.withSystem(
      (tx) =>
        tx.sql<{ body: string }[]>`select body from robots_bodies where body like '%text' order by body`,
    );
    return rows.map(({ body }) => body);
  };
  const remove = () => db.system.withSystem(removeUnusedRobotsBodies);
  const age = () =>
    db.system.withSystem((tx) => tx.sql`update robots_bodies set last_used_at = now() - interval '2 days'`);
  expect(await texts()).toEqual(['forgotten text', 'shared text']);
  await remove();
  expect(await texts()).toEqual(['forgotten text', 'shared text']);
  await age();
  await remove();
  expect(await texts()).toEqual(['shared text']);
  await store('another', 'http://x.test');
  await store('another', 'http://y.test');
  await age();
  await remove();
  expect(await texts()).toEqual(['shared text']);
  await db.system.withSystem((tx) => tx.sql`delete from campaign_executions where id = ${hold.executionId}`);
  await remove();
  expect(await texts()).toEqual([]);
});
