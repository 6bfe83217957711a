import { type Oracle, type SitePlan, startOracle } from '@outrider/oracle';
import type { Operation } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { createTestPlatform, QUEUE_BACKENDS, type TestPlatform } from '../platform/test-platform.js';
import { expectIntact } from './checkers/expect-intact.js';
import { type PostgresServer, startPostgresServer } from './stage/postgres-server.js';

/** A front page that leads everywhere, so that hundreds of fetches can be in flight at once. */
const WIDE: SitePlan = { seed: 4, pages: 400, linksPerPage: 399, delayMs: 300 };
/** Less than a fetch waits for the head of an answer. */
const SLOW_MS = 10_000;
const IN_FLIGHT = 200;

let oracle: Oracle;
let platform: TestPlatform;
/** A PostgreSQL of the test's own, where it has one. */
let server: PostgresServer | null = null;

async function setUp(
  queue: (typeof QUEUE_BACKENDS)[number],
  site: SitePlan,
  postgresAdminUrl = inject('postgresAdminUrl'),
): Promise<void> {
  oracle = await startOracle(site);
  platform = await createTestPlatform({
    queue,
    postgresAdminUrl,
    redisUrl: inject('redisUrl'),
  });
}

afterEach(async () => {
  await platform.close();
  await oracle.close();
  await server?.stop();
  server = null;
});

const openFetches = (): number => oracle.fetches().filter(({ ending }) => ending === 'open').length;

async function start(config: object = {}): Promise<string> {
  const campaign = await platform.api.call('createCampaign', {
    body: { name: 'orders', seeds: [oracle.seedUrl], politeness: { maxConcurrencyPerHost: 256 }, ...config },
  });
  const started = await platform.api.call('startCampaign', { params: { id: campaign.id }, body: {} });
  return started.execution.id;
}

/** Runs until the whole site but its front page is being fetched, and answers nothing any more. */
async function fillTheAir(): Promise<string> {
  const executionId = await start();
  await expect
    .poll(() => oracle.fetches().some(({ path, ending }) => path === '/' && ending === 'answered'), {
      ...{ timeout: 30_000, interval: 10 },
    })
    .toBe(true);
  oracle.setDelay(SLOW_MS);
  await expect.poll(openFetches, { timeout: 15_000, interval: 50 }).toBeGreaterThanOrEqual(IN_FLIGHT);
  return executionId;
}

const read = (executionId: string) => platform.api.call('getExecution', { params: { id: executionId } });

async function untilDone(id: string, withinMs: number): Promise<Operation> {
  const look = () => platform.api.call('getOperation', { params: { id } });
  await expect.poll(async () => (await look()).state, { timeout: withinMs, interval: 100 }).toBe('done');
  return look();
}

/** Nothing reaches the site any more: not from when the operation was done on, and for a while after. */
async function expectSilence(): Promise<void> {
  const before = oracle.fetches().length;
  expect(openFetches(), 'fetches that were cut off').toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect(oracle.fetches().length - before, 'requests afterwards').toBe(0);
}

function expectHeard({ lanes, fetchesInFlight }: Operation): void {
  expect(fetchesInFlight).toBe(0);
  expect(lanes.length).toBeGreaterThan(0);
  for (const lane of lanes) {
    expect(lane).toMatchObject({ acknowledgedAt: expect.any(String), finishedAt: expect.any(String) });
  }
}

describe('with 200 fetches in flight', () => {
  beforeEach(async () => {
    await setUp('postgres', WIDE);
    await Promise.all([platform.start('api'), platform.start('orchestrator'), platform.start('worker')]);
  });

  it('cancel is done within 5 s, and no request reaches the site afterwards', {
    timeout: 90_000,
  }, async () => {
    const executionId = await fillTheAir();
    const { operation } = await platform.api.call('cancelExecution', {
      params: { id: executionId },
      body: {},
    });
    const done = await untilDone(operation.id, 15_000);
    expect(done.secondsTaken).toBeLessThan(5);
    expectHeard(done);
    expect(done.lanes[0]?.inFlightThen).toBeGreaterThanOrEqual(IN_FLIGHT);
    await expectSilence();
    const { status, endReason, coverage } = await read(executionId);
    expect({ status, endReason }).toEqual({ status: 'cancelled', endReason: 'cancelled_by_user' });
    expect(coverage).toMatchObject({ failed: 0, pending: 0 });
  });

  it('stop cuts off at its grace what has not finished, and records what has', {
    timeout: 90_000,
  }, async () => {
    const executionId = await fillTheAir();
    const { operation } = await platform.api.call('stopExecution', {
      params: { id: executionId },
      body: { graceSeconds: 3 },
    });
    const done = await untilDone(operation.id, 20_000);
    expect(done.secondsTaken).toBeGreaterThan(2.9);
    expect(done.secondsTaken).toBeLessThan(6);
    expectHeard(done);
    await expectSilence();
    const { status, errorLog, coverage } = await read(executionId);
    expect({ status, errorLog, pending: coverage.pending }).toEqual({
      status: 'stopped',
      errorLog: null,
      pending: 0,
    });
    const answered = oracle
      .fetches()
      .filter(({ ending, path }) => ending === 'answered' && path !== '/robots.txt');
    expect(coverage.fetched, 'every answer is kept').toBe(answered.length);
  });

  it('stop ends before its grace when what is in flight finishes before', { timeout: 90_000 }, async () => {
    const executionId = await fillTheAir();
    oracle.setDelay(0);
    const { operation } = await platform.api.call('stopExecution', { params: { id: executionId }, body: {} });
    const done = await untilDone(operation.id, 40_000);
    expect(done.secondsTaken).toBeLessThan(SLOW_MS / 1_000 + 5);
    await expectSilence();
    expect((await read(executionId)).coverage.fetched).toBeGreaterThanOrEqual(IN_FLIGHT);
  });
});

it('cancel does not wait for a worker that hangs, and takes nothing from it later', {
  timeout: 90_000,
}, async () => {
  await setUp('postgres', WIDE);
  const [, , worker] = await Promise.all([
    platform.start('api'),
    platform.start('orchestrator'),
    platform.start('worker', { OUTRIDER_LANE_LEASE_MS: '30000' }),
  ]);
  const executionId = await fillTheAir();
  process.kill(worker.pid, 'SIGSTOP');
  const { operation } = await platform.api.call('cancelExecution', { params: { id: executionId }, body: {} });
  const done = await untilDone(operation.id, 15_000);
  expect(done.secondsTaken).toBeLessThan(5);
  expect(done.lanes).toMatchObject([{ acknowledgedAt: null }]);
  process.kill(worker.pid, 'SIGCONT');
  // Until it hears of the order it may send what it has in hand.
  const states = async () => (await platform.api.call('listInstances')).items.map(({ state }) => state);
  await expect.poll(states, { timeout: 10_000 }).toEqual(['idle']);
  await expect.poll(openFetches, { timeout: 10_000 }).toBe(0);
  await expectSilence();
  expect(await read(executionId)).toMatchObject({
    status: 'cancelled',
    errorLog: null,
    coverage: { pending: 0 },
  });
});

describe.each(QUEUE_BACKENDS)('on %s', (queue) => {
  it('a pause survives the end of every process, without one request, and costs nothing', {
    timeout: 120_000,
  }, async () => {
    await setUp(queue, { seed: 20, pages: 400, linksPerPage: 6, delayMs: 8 });
    const all = (): Promise<unknown[]> =>
      Promise.all([platform.start('orchestrator'), platform.start('worker'), platform.start('worker')]);
    const api = await platform.start('api');
    await all();
    const executionId = await start({ lanes: 2, politeness: { maxConcurrencyPerHost: 4 } });
    await expect.poll(() => oracle.fetches().length, { timeout: 30_000, interval: 20 }).toBeGreaterThan(60);
    const { operation } = await platform.api.call('pauseExecution', {
      params: { id: executionId },
      body: {},
    });
    expectHeard(await untilDone(operation.id, 15_000));
    await platform.killAll();
    await api.ended;

    const before = oracle.fetches().length;
    platform.useApi(await platform.start('api'));
    await all();
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(oracle.fetches().length, 'requests while it is paused').toBe(before);
    expect(await read(executionId)).toMatchObject({ status: 'paused', waitingReason: 'paused_by' });

    const resumed = await platform.api.call('resumeExecution', { params: { id: executionId }, body: {} });
    await untilDone(resumed.operation.id, 15_000);
    await expect
      .poll(async () => (await read(executionId)).status, { timeout: 60_000, interval: 200 })
      .toBe('completed');
    expect((await read(executionId)).pausedSeconds).toBeGreaterThan(4);
    await expectIntact({ db: platform.db, oracle, executionId, refetchesAllowed: 0, maxConcurrency: 4 });
  });
});

it.each(QUEUE_BACKENDS)(
  'a pause survives a crash of PostgreSQL under running processes, without one request, on %s',
  { timeout: 120_000 },
  async (queue) => {
    server = await startPostgresServer();
    await setUp(queue, { seed: 21, pages: 300, linksPerPage: 6, delayMs: 8 }, server.adminUrl);
    await Promise.all([platform.start('api'), platform.start('orchestrator'), platform.start('worker')]);
    const executionId = await start({ politeness: { maxConcurrencyPerHost: 4 } });
    await expect.poll(() => oracle.fetches().length, { timeout: 30_000, interval: 20 }).toBeGreaterThan(60);
    const order = { params: { id: executionId }, body: {} };
    const { operation } = await platform.api.call('pauseExecution', order);
    expectHeard(await untilDone(operation.id, 15_000));

    const before = oracle.fetches().length;
    await server.crash();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await server.start();
    const status = () => read(executionId).then((found) => found.status, String);
    await expect.poll(status, { timeout: 30_000, interval: 200 }).toBe('paused');
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(oracle.fetches().length, 'requests while it is paused').toBe(before);
    expect(await read(executionId)).toMatchObject({ status: 'paused', waitingReason: 'paused_by' });

    const resumed = await platform.api.call('resumeExecution', order);
    await untilDone(resumed.operation.id, 30_000);
    await expect.poll(status, { timeout: 60_000, interval: 200 }).toBe('completed');
    await expectIntact({ db: platform.db, oracle, executionId, refetchesAllowed: 0, maxConcurrency: 4 });
  },
);

it('patterns that are denied while it runs are not fetched any more, and the log says so', {
  timeout: 90_000,
}, async () => {
  await setUp('postgres', { seed: 9, pages: 300, linksPerPage: 40, delayMs: 60 });
  await Promise.all([platform.start('api'), platform.start('orchestrator'), platform.start('worker')]);
  const executionId = await start({ politeness: { maxConcurrencyPerHost: 4 } });
  await expect.poll(() => oracle.fetches().length, { timeout: 30_000, interval: 20 }).toBeGreaterThan(40);
  const { campaignId } = await read(executionId);
  const denied = /[02468]\.html$/;
  await platform.api.call('updateCampaign', {
    params: { id: campaignId },
    body: { scope: { deny: [denied.source] } },
  });
  const heard = Date.now() + 2_000;
  await expect
    .poll(async () => (await read(executionId)).status, { timeout: 60_000, interval: 200 })
    .toBe('completed');
  const late = oracle.fetches().filter(({ at, path }) => at > heard && denied.test(path));
  expect(late.map(({ path }) => path)).toEqual([]);
  const { items } = await platform.api.call('listDiscoveredUrls', {
    params: { id: campaignId },
    query: { executionId, skipReason: 'excluded_pattern', limit: '1000' },
  });
  expect(items.length).toBeGreaterThan(50);
  expect(new Set(items.map(({ skipRule }) => skipRule))).toEqual(new Set([`deny: ${denied.source}`]));
  const execution = await read(executionId);
  expect(execution).toMatchObject({ scopeRevision: 2, errorLog: null });
  expect(execution.coverage.skipped).toBe(items.length);
  const { items: events } = await platform.api.call('listEvents', {
    params: { id: campaignId },
    query: { limit: '1000' },
  });
  const types = events.map(({ eventType }) => eventType);
  expect(types).toContain('scope.rules_changed');
  expect(types).toContain('scope.rules_applied');
});

it.each([
  ['bytes', { scope: { maxBytes: 100_000 } }, { status: 'completed', endReason: 'byte_limit' }],
  [
    'errors',
    { limits: { errorRate: { share: 0.2, minPages: 20, action: 'stop' } } },
    { status: 'stopped', endReason: 'error_rate' },
  ],
] as const)('a crawl ends at its limit of %s, and says so', { timeout: 90_000 }, async (_, limits, end) => {
  await setUp('postgres', {
    ...{ seed: 3, pages: 400, linksPerPage: 40, delayMs: 60 },
    plant: { serverError: 200 },
  });
  await Promise.all([platform.start('api'), platform.start('orchestrator'), platform.start('worker')]);
  const executionId = await start({
    ...limits,
    fetch: { retries: 0 },
    politeness: { maxConcurrencyPerHost: 4 },
  });
  await expect
    .poll(async () => (await read(executionId)).completedAt, { timeout: 60_000, interval: 200 })
    .not.toBeNull();
  expect(await read(executionId)).toMatchObject({ ...end, errorLog: null, coverage: { pending: 0 } });
  expect((await read(executionId)).coverage.skipped).toBeGreaterThan(10);
});
