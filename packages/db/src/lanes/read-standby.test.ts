import { newId } from '@outrider/shared';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { registerInstance } from '../fleet/instances.js';
import { plantExecution } from '../testing/plant-execution.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { beginLane } from './begin-lane.js';
import { readStandby, type StandbyTurn } from './read-standby.js';
import { releaseLane } from './release-lane.js';
import type { LaneHold } from './take-lane.js';

const LEASE_MS = 60_000;

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

async function worker(host: string): Promise<string> {
  const id = newId();
  await db.system.withSystem((tx) =>
    registerInstance(tx, {
      ...{ id, host, pid: 1, version: '0', capabilities: ['http'], capacity: 4, supervised: false },
    }),
  );
  return id;
}

async function take(laneId: string, instanceId: string, epoch = 1): Promise<LaneHold> {
  const taken = await db.app.withTenant(db.tenantId, (tx) =>
    beginLane(tx, { laneId, epoch }, { instanceId, leaseMs: LEASE_MS }),
  );
  if (taken === null) throw new Error('the lane was not to be had');
  return taken.hold;
}

const turn = (hold: LaneHold): Promise<StandbyTurn> =>
  db.app.withTenant(db.tenantId, (tx) => readStandby(tx, hold, { standbyMs: 30_000, leaseMs: LEASE_MS }));
const left = async (hold: LaneHold): Promise<number> => (await turn(hold)).forMs;

async function plant() {
  const { executionId, laneIds } = await plantExecution(db, {
    seeds: ['http://a.test/'],
    config: { lanes: 4 },
  });
  const [a = '', b = '', c = '', d = ''] = laneIds;
  const [one, two] = [await worker('here'), await worker('here')];
  return { executionId, a, b, c, d, one, two };
}

it('is for the lanes of other workers of the machine, until the execution has run for a while', async () => {
  const { executionId, a, b, c, d, one, two } = await plant();
  const first = await take(a, one);
  const beside = await take(b, two);
  const ofFirst = await take(c, one);
  const elsewhere = await take(d, await worker('there'));
  expect(await left(first)).toBe(0);
  expect(await left(beside)).toBeGreaterThan(20_000);
  expect(await left(ofFirst)).toBe(0);
  expect(await left(elsewhere)).toBe(0);
  await db.system.withSystem(
    (tx) =>
      tx.sql`update campaign_executions set started_at = now() - interval '31 s' where id = ${executionId}`,
  );
  expect(await left(beside)).toBe(0);
});

it('ends for the one held longest when the first is given back, which then stands by in its turn', async () => {
  const { a, b, one, two } = await plant();
  const first = await take(a, one);
  const beside = await take(b, two);
  expect(await left(beside)).toBeGreaterThan(0);
  await db.app.withTenant(db.tenantId, (tx) => releaseLane(tx, first, 'drained'));
  expect(await left(beside)).toBe(0);
  const again = await take(a, one, 2);
  expect(await left(again)).toBeGreaterThan(0);
  expect(await left(beside)).toBe(0);
});

it('ends when the first has not been heard of for half of its lease', async () => {
  const { a, b, one, two } = await plant();
  await take(a, one);
  const beside = await take(b, two);
  await db.system.withSystem(
    (tx) => tx.sql`update execution_lanes set heartbeat_at = now() - interval '31 s' where id = ${a}`,
  );
  expect(await left(beside)).toBe(0);
});

it('says how many workers of the machine come before this one, however many lanes they hold', async () => {
  const { a, b, c, d, one, two } = await plant();
  const first = await take(a, one);
  const beside = await take(b, two);
  await take(c, one);
  const last = await take(d, await worker('here'));
  const ahead = async (hold: LaneHold): Promise<number> => (await turn(hold)).ahead;
  expect(await Promise.all([first, beside, last].map(ahead))).toEqual([0, 1, 2]);
  expect(await left(last)).toBeGreaterThan(0);
});
