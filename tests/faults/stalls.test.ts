import { createTestDatabase } from '@outrider/db/testing';
import { type Oracle, startOracle } from '@outrider/oracle';
import { hostOf, newId, type StallCause } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { PlatformProcess } from '../platform/child-process.js';
import { createTestPlatform, type TestPlatform } from '../platform/test-platform.js';
import { expectIntact } from './checkers/expect-intact.js';
import { mountSmallDisk, openTablespace } from './nemesis/small-disk.js';

/** What every process is told: executions are stalled after a second and the time of a fetch. */
const ENVIRONMENT = { OUTRIDER_STALL_AFTER_MS: '1000', OUTRIDER_LANE_LEASE_MS: '2000' };
const CONCURRENCY = 4;
/** For what must never stall: a busy machine may take a second and more over a page, and nobody may call that a stall. */
const PATIENT = { OUTRIDER_STALL_AFTER_MS: '10000' };
/** How long a diagnosis, and the end of a crawl after it, may take. */
const SOON = { timeout: 40_000, interval: 200 };

let oracle: Oracle;
let platform: TestPlatform;

beforeEach(async () => {
  oracle = await startOracle({ seed: 5, pages: 200, linksPerPage: 5, delayMs: 30 });
  platform = await open(inject('postgresAdminUrl'));
});

afterEach(async () => {
  await platform.close();
  await oracle.close();
});

const open = (postgresAdminUrl: string) =>
  createTestPlatform({
    queue: 'postgres',
    postgresAdminUrl,
    redisUrl: inject('redisUrl'),
    environment: ENVIRONMENT,
  });

async function start(): Promise<string> {
  const { id } = await platform.api.call('createCampaign', {
    body: {
      name: 'stalls',
      seeds: [oracle.seedUrl],
      politeness: { maxConcurrencyPerHost: CONCURRENCY },
      fetch: { timeoutMs: 1_000 },
    },
  });
  const { execution } = await platform.api.call('startCampaign', { params: { id }, body: {} });
  return execution.id;
}

const read = (id: string) => platform.api.call('getExecution', { params: { id } });

/** Waits for the diagnosis, and returns what it was read from. */
async function diagnosed(id: string, cause: StallCause) {
  await expect.poll(async () => (await read(id)).stall?.cause, SOON).toBe(cause);
  const { stall } = await read(id);
  if (stall === null) throw new Error('the stall is over already');
  return stall;
}

/** Waits for the end, which must leave no doubt and no stall behind. */
async function completed(id: string): Promise<void> {
  await expect.poll(async () => (await read(id)).status, SOON).toBe('completed');
  const { stall, errorLog } = await read(id);
  expect({ stall, errorLog }).toEqual({ stall: null, errorLog: null });
  expect((await stallsOf(id)).length).toBeGreaterThan(0);
}

/** It came to its end, and nothing had to be diagnosed on the way. */
async function endedUnstalled(id: string): Promise<void> {
  await expect.poll(async () => (await read(id)).status, { ...SOON, timeout: 90_000 }).toBe('completed');
  expect(await stallsOf(id)).toEqual([]);
}

/** What the events of its campaign tell of stalls. */
async function stallsOf(id: string): Promise<unknown[]> {
  const { campaignId } = await read(id);
  const { items } = await platform.api.call('listEvents', {
    params: { id: campaignId },
    query: { limit: '1000' },
  });
  return items.flatMap(({ eventType, payload }) => (eventType === 'execution.stalled' ? [payload] : []));
}

const fetchedSome = () => expect.poll(() => oracle.fetches().length, SOON).toBeGreaterThan(20);

const system = <T extends object>(statement: (sql: SqlOf) => PromiseLike<readonly T[]>) =>
  platform.db.system.withSystem(async (tx) => [...(await statement(tx.sql))]);
type SqlOf = Parameters<Parameters<TestPlatform['db']['system']['withSystem']>[0]>[0]['sql'];

const startAll = (...workers: readonly Record<string, string>[]): Promise<PlatformProcess[]> =>
  startWith({}, ...workers);

async function startWith(
  orchestrator: Record<string, string>,
  ...workers: readonly Record<string, string>[]
): Promise<PlatformProcess[]> {
  const [, , ...started] = await Promise.all([
    platform.start('api'),
    platform.start('orchestrator', orchestrator),
    ...workers.map((environment) => platform.start('worker', environment)),
  ]);
  return started;
}

describe('the stall doctor', { timeout: 120_000 }, () => {
  it('finds that no worker is alive, and that the execution recovers with one', async () => {
    const [worker] = await startAll({});
    const id = await start();
    await fetchedSome();
    await worker?.kill('SIGKILL');
    expect((await diagnosed(id, 'no_worker_alive')).diagnosis).toEqual({ needs: 'http' });
    await platform.start('worker');
    await completed(id);
    await expectIntact({
      db: platform.db,
      oracle,
      executionId: id,
      refetchesAllowed: 1,
      maxConcurrency: CONCURRENCY,
    });
  });

  it('tells a worker that is stuck from one that is dead', async () => {
    const [worker] = await startAll({});
    const id = await start();
    await fetchedSome();
    process.kill(worker?.pid ?? 0, 'SIGSTOP');
    try {
      const { diagnosis } = await diagnosed(id, 'worker_stuck');
      expect(diagnosis).toMatchObject({ pid: worker?.pid, instanceId: worker?.facts['instanceId'] });
    } finally {
      process.kill(worker?.pid ?? 0, 'SIGCONT');
    }
    await completed(id);
  });

  it('is spared a queue that leads nowhere, since workers ask the ledger too', async () => {
    const elsewhere = await createTestDatabase(inject('postgresAdminUrl'));
    try {
      const [worker] = await startWith(PATIENT, { QUEUE_DATABASE_URL: elsewhere.url });
      await endedUnstalled(await start());
      await worker?.kill('SIGTERM');
    } finally {
      await elsewhere.drop();
    }
  });

  it('is spared leases that leak, since a lane gives back what it does not hold', async () => {
    await startWith(PATIENT, {});
    const id = await start();
    await fetchedSome();
    // As a claim whose answer never reached its lane would leave it.
    const leak = () =>
      system(
        (sql) => sql`
        with leaked as (
          select url_key from crawl_targets where execution_id = ${id} and state = 'pending' limit 1 for update
        )
        update crawl_targets target set state = 'leased', lane_id = lane.id, lane_epoch = lane.epoch, attempt = attempt + 1
        from leaked, execution_lanes lane
        where target.execution_id = ${id} and target.url_key = leaked.url_key and lane.execution_id = ${id}
        returning 1`,
      );
    await expect.poll(async () => (await leak()).length, SOON).toBe(1);
    await endedUnstalled(id);
  });

  it('finds that a host wants to be left alone, and until when', async () => {
    await startAll({});
    const host = hostOf(oracle.seedUrl);
    const until = new Date(Date.now() + 3_600_000).toISOString();
    await system(
      (sql) => sql`insert into crawl_hosts (host, backoff_until, backoff_cause, backoff_level)
        values (${host}, ${until}, 'retry_after', 1)`,
    );
    const id = await start();
    expect((await diagnosed(id, 'host_backoff')).diagnosis).toEqual({
      host,
      until,
      why: 'retry_after',
      hosts: 1,
    });
    await system((sql) => sql`update crawl_hosts set backoff_until = '-infinity' where host = ${host}`);
    await completed(id);
  });

  it('finds that somebody froze the host', async () => {
    await startAll({});
    const host = hostOf(oracle.seedUrl);
    await platform.api.call('freezeHost', { params: { host }, body: { reason: 'they asked us to' } });
    const id = await start();
    expect((await diagnosed(id, 'host_frozen')).diagnosis).toMatchObject({ host, hosts: 1 });
    await platform.api.call('releaseHost', { params: { host } });
    await completed(id);
  });

  it('finds URLs that are leased to nobody, and gives them back', async () => {
    await platform.start('api');
    // The duty that looks for such URLs every two seconds would be first.
    await platform.start('orchestrator', { OUTRIDER_RECONCILE_INTERVAL_MS: '600000' });
    await platform.start('worker');
    const id = await start();
    await fetchedSome();
    // As a claim that commits while its lane is taken away leaves them. At times everything that is known is claimed.
    const leaseAway = () =>
      system(
        (sql) => sql`
          update crawl_targets target set state = 'leased', lane_id = lane.id, lane_epoch = lane.epoch - 1, attempt = attempt + 1
          from execution_lanes lane
          where target.execution_id = ${id} and target.state = 'pending' and lane.execution_id = ${id} returning 1`,
      );
    await expect
      .poll(async () => (await leaseAway()).length, { timeout: 10_000, interval: 5 })
      .toBeGreaterThan(0);
    // The repair follows so soon that the stall itself is hardly to be seen.
    await expect.poll(async () => (await read(id)).status, SOON).toBe('completed');
    // On a busy machine a page that takes a second may have passed for a stall before.
    expect((await stallsOf(id)).at(-1)).toMatchObject({
      cause: 'leases_leaking',
      repairs: expect.arrayContaining(['targets_returned']) as string[],
    });
  });

  it('finds that the database is slow, and which table is locked', async () => {
    await startAll({});
    const id = await start();
    await fetchedSome();
    await platform.db.system.withSystem(async ({ sql }) => {
      await sql`lock table crawl_targets in exclusive mode`;
      const { diagnosis } = await diagnosed(id, 'database_slow');
      expect(diagnosis).toMatchObject({ waitingForLocks: expect.any(Number) as number });
      expect(diagnosis['longestWaitMs']).toBeGreaterThan(999);
    });
    await completed(id);
  });

  it('finds the URL that takes its workers down', async () => {
    const [first] = await startAll({ OUTRIDER_CRASH_AT: 'before_fetch' });
    const id = await start();
    expect(await first?.ended).toBeNull();
    expect(await (await platform.start('worker', { OUTRIDER_CRASH_AT: 'before_fetch' })).ended).toBeNull();
    expect((await diagnosed(id, 'poison_page')).diagnosis).toEqual({
      url: oracle.seedUrl,
      losses: 2,
      beingTried: false,
    });
    await platform.start('worker');
    await completed(id);
  });

  it('finds that the disk of the database is full', async () => {
    const disk = await mountSmallDisk(64);
    const small = await openTablespace(inject('postgresAdminUrl'), disk.path);
    try {
      await small.take(platform.db);
      await startAll({});
      const id = await start();
      await fetchedSome();
      await disk.fill();
      try {
        await diagnosed(id, 'disk_full');
      } finally {
        await disk.free();
      }
      await expect.poll(async () => (await read(id)).status, SOON).toBe('completed');
    } finally {
      await platform.close();
      await small.drop();
      await disk.remove();
      platform = await open(inject('postgresAdminUrl'));
    }
  });

  it('ends a stalled execution when its schedule is due, and what it gathered stays', async () => {
    const [worker] = await startAll({});
    const id = await start();
    await fetchedSome();
    await worker?.kill('SIGKILL');
    await diagnosed(id, 'no_worker_alive');
    const { campaignId } = await read(id);
    await system(
      (sql) => sql`
        insert into crawler_schedules (id, tenant_id, campaign_id, name, cron, next_tick_at, next_due_at)
        select ${newId()}, tenant_id, id, 'hourly', '0 * * * *', now() + interval '20 seconds', now() + interval '20 seconds'
        from crawler_campaigns where id = ${campaignId}`,
    );
    await expect.poll(async () => (await read(id)).status, SOON).toBe('failed');
    const { endReason, pagesCrawled, errorLog, coverage } = await read(id);
    expect({ endReason, errorLog, pending: coverage.pending }).toEqual({
      endReason: 'stalled',
      errorLog: null,
      pending: 0,
    });
    expect(pagesCrawled).toBeGreaterThan(0);
  });
});
