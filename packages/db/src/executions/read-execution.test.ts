import { execution, executionDetail } from '@outrider/shared';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Tx } from '../connect/database.js';
import type { Place } from '../cursors/slice.js';
import {
  type PlantedExecution,
  plantCampaign,
  plantExecution,
  settleUrl,
} from '../testing/plant-execution.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { listExecutions, readExecution, readExecutionDetail, readLiveCoverage } from './read-execution.js';
import { transitionExecution } from './transition-execution.js';

const SEEDS = ['https://a.test/1', 'https://a.test/2', 'https://a.test/3'];

let db: TestDatabase;
let campaignId: string;
const planted: PlantedExecution[] = [];

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
  campaignId = await plantCampaign(db, { seeds: SEEDS });
  const coverage = { discovered: 3, fetched: 0, failed: 0, skipped: 3, pending: 0 };
  for (let n = 0; n < 4; n++) {
    const one = await plantExecution(db, { campaignId, seeds: SEEDS, config: { lanes: 2 } });
    planted.push(one);
    const { executionId } = one;
    await within((tx) =>
      transitionExecution(
        tx,
        n < 3
          ? { executionId, by: 'a test', to: 'stopped', endReason: 'stopped_by_user', coverage }
          : { executionId, by: 'a test', to: 'running' },
      ),
    );
  }
});
afterAll(() => db.drop());

const within = <T>(work: (tx: Tx) => Promise<T>) => db.app.withTenant(db.tenantId, work);
const idOf = (index: number): string => planted[index]?.executionId ?? '';

it('a running execution shows its counters as they are, in the shape the API promises', async () => {
  await within(async (tx) => {
    await settleUrl(tx, idOf(3), 'https://a.test/1', { fetched: 500 });
    await settleUrl(tx, idOf(3), 'https://a.test/2', { failed: 'timeout' });
  });
  const read = await within((tx) => readExecution(tx, idOf(3)));
  expect(execution.parse(read)).toEqual(read);
  expect(read).toMatchObject({
    number: 4,
    status: 'running',
    pagesCrawled: 1,
    errorsEncountered: 2,
    previousExecutionId: idOf(2),
    coverage: { discovered: 3, fetched: 1, failed: 1, skipped: 0, pending: 1 },
  });
  expect(read.durationSeconds).toBeGreaterThan(0);
  expect(await within((tx) => readLiveCoverage(tx, idOf(3)))).toEqual(read.coverage);
});

it('counters that have counted too much leave nothing pending, and not less', async () => {
  const { executionId } = await plantExecution(db, { seeds: SEEDS });
  await within(({ sql }) => sql`update execution_lanes set fetched = 5 where execution_id = ${executionId}`);
  const read = await within((tx) => readExecution(tx, executionId));
  expect(execution.parse(read).coverage).toEqual({
    ...{ discovered: 3, fetched: 5, failed: 0, skipped: 0, pending: 0 },
  });
});

it('the detail has the pinned configuration and the lanes in order', async () => {
  const detail = await within((tx) => readExecutionDetail(tx, idOf(3)));
  // Its place in the queue is read by another query.
  expect(executionDetail.omit({ waiting: true }).parse(detail)).toEqual(detail);
  expect(detail.lanes.map(({ laneNumber }) => laneNumber)).toEqual([1, 2]);
  expect(detail.config.lanes).toBe(2);
});

it('a list continues where the page before it ended', async () => {
  const list = (after: Place | null) => within((tx) => listExecutions(tx, { campaignId, limit: 3, after }));
  const first = await list(null);
  expect(first.items.map(({ id }) => id)).toEqual([idOf(3), idOf(2), idOf(1)]);
  const rest = await list(first.next);
  expect([rest.items.map(({ id }) => id), rest.next]).toEqual([[idOf(0)], null]);
});

it('the filters of status and time hold together', async () => {
  const list = async (filter: object) =>
    (await within((tx) => listExecutions(tx, { campaignId, limit: 10, after: null, ...filter }))).items;
  expect((await list({ status: 'stopped' })).map(({ id }) => id)).toEqual([idOf(2), idOf(1), idOf(0)]);
  const { createdAt } = await within((tx) => readExecution(tx, idOf(3)));
  const later = new Date(Date.parse(createdAt) + 60_000).toISOString();
  expect(await list({ since: later })).toEqual([]);
  expect(await list({ until: later, status: 'running' })).toHaveLength(1);
});

it('another tenant sees none of it', async () => {
  const foreign = <T>(work: (tx: Tx) => Promise<T>) =>
    db.app.withTenant('00000000-0000-7000-8000-000000000000', work);
  const seen = await foreign((tx) => listExecutions(tx, { campaignId, limit: 10, after: null }));
  expect(seen).toEqual({ items: [], next: null });
  await expect(foreign((tx) => readExecution(tx, idOf(0)))).rejects.toMatchObject({ code: 'not_found' });
});
