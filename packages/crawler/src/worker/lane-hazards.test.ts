import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@outrider/db/testing';
import { type Oracle, type SitePlan, startOracle } from '@outrider/oracle';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  crawlToEnd,
  queueTestExecution,
  startTestWorker,
  type TestExecution,
} from '../testing/test-crawl.js';
import type { CrawlWorker } from './crawl-worker.js';

let db: TestDatabase;
const closing: (() => Promise<void>)[] = [];

beforeEach(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await db.drop();
});

const SMALL: SitePlan = { seed: 5, pages: 12, linksPerPage: 4 };

async function site(plan: SitePlan): Promise<Oracle> {
  const oracle = await startOracle(plan);
  closing.push(() => oracle.close());
  return oracle;
}

async function newWorker(options: Parameters<typeof startTestWorker>[1] = {}): Promise<CrawlWorker> {
  const { worker, fetcher } = startTestWorker(db, options);
  await worker.start();
  closing.unshift(
    () => worker.stop(),
    () => fetcher.close(),
  );
  return worker;
}

interface TargetRow {
  readonly url: string;
  readonly state: string;
  readonly attempt: number;
  readonly failure_code: string | null;
}

const targetsOf = (executionId: string): Promise<TargetRow[]> =>
  db.system.withSystem(
    (tx) => tx.sql<TargetRow[]>`
      select url, state, attempt, failure_code from crawl_targets where execution_id = ${executionId} order by url`,
  );

async function laneOf(executionId: string): Promise<Record<string, unknown>> {
  const [lane] = await db.system.withSystem(
    (tx) => tx.sql<Record<string, unknown>[]>`
      select status, epoch, in_flight, waiting_reason, fetched from execution_lanes where execution_id = ${executionId}`,
  );
  return lane ?? {};
}

const permitsOf = (executionId: string): Promise<object[]> =>
  db.system.withSystem(
    (tx) =>
      tx.sql<
        { host: string }[]
      >`select host from host_permits join execution_lanes lane on lane.id = lane_id where execution_id = ${executionId}`,
  );

const job = (execution: TestExecution, epoch = 1) => ({ laneId: execution.laneIds[0] ?? '', epoch });

/** How often each page was asked for. */
function pageFetches(oracle: Oracle): Map<string, number> {
  const fetches = oracle.fetchesByUrl();
  fetches.delete(`${oracle.origin}/robots.txt`);
  return fetches;
}

describe('a worker that drains', () => {
  it('finishes the slow pages in flight: nothing is fetched twice, and no attempt is lost', async () => {
    const oracle = await site({ ...SMALL, pages: 60 });
    const execution = await queueTestExecution(db, [oracle.seedUrl]);
    const first = await newWorker();
    const lane = first.handle(job(execution));
    await expect.poll(() => oracle.fetches().length, { timeout: 10_000 }).toBeGreaterThan(8);
    oracle.setDelay(400);
    const before = oracle.fetches().length;
    await expect.poll(() => oracle.fetches().length, { timeout: 10_000 }).toBeGreaterThan(before);
    first.drain();
    await lane;
    oracle.setDelay(0);
    expect(await laneOf(execution.executionId)).toMatchObject({ status: 'waiting', in_flight: 0 });
    const left = (await targetsOf(execution.executionId)).filter(({ state }) => state === 'pending');
    expect(left.length).toBeGreaterThan(0);
    expect(left.every(({ attempt }) => attempt === 0)).toBe(true);
    const second = await newWorker();
    await crawlToEnd(db, second, execution, 20_000, 2);
    const targets = await targetsOf(execution.executionId);
    expect(new Set(targets.map(({ url }) => url))).toEqual(oracle.expected.inScopeUrls);
    expect(targets.every(({ state, attempt }) => state === 'fetched' && attempt === 1)).toBe(true);
    expect([...pageFetches(oracle).values()].every((times) => times === 1)).toBe(true);
  });

  it('does not wait for URLs whose moment has not come', async () => {
    const oracle = await site(SMALL);
    const execution = await queueTestExecution(db, [oracle.seedUrl], { politeness: { delayMs: 2_000 } });
    const worker = await newWorker();
    const lane = worker.handle(job(execution));
    await expect.poll(() => laneOf(execution.executionId), { timeout: 15_000 }).toMatchObject({ fetched: 1 });
    await expect
      .poll(() => laneOf(execution.executionId), { timeout: 5_000 })
      .toMatchObject({ in_flight: 3 });
    const start = performance.now();
    worker.drain();
    await lane;
    expect(performance.now() - start).toBeLessThan(5_000);
    const targets = await targetsOf(execution.executionId);
    const left = targets.filter(({ state }) => state === 'pending');
    expect(left.length).toBe(targets.length - pageFetches(oracle).size);
    expect(left.every(({ attempt }) => attempt === 0)).toBe(true);
    expect(await permitsOf(execution.executionId)).toEqual([]);
  });
});

describe('a lane', () => {
  it('that is offered twice at once is crawled once', async () => {
    const oracle = await site(SMALL);
    const execution = await queueTestExecution(db, [oracle.seedUrl]);
    const workers = [await newWorker(), await newWorker()];
    const [first, second] = workers;
    if (first === undefined || second === undefined) throw new Error('two workers were wanted');
    const again = second.handle(job(execution));
    await crawlToEnd(db, first, execution);
    await again;
    expect(await laneOf(execution.executionId)).toMatchObject({ epoch: 1, fetched: 12 });
    expect([...pageFetches(oracle).values()].every((times) => times === 1)).toBe(true);
  });

  it('of an execution that has ended is not taken', async () => {
    const oracle = await site(SMALL);
    const execution = await queueTestExecution(db, [oracle.seedUrl]);
    await db.system.withSystem(
      (
        tx,
      ) => tx.sql`update campaign_executions set status = 'cancelled', completed_at = now(), end_reason = 'cancelled_by_user'
        where id = ${execution.executionId}`,
    );
    const worker = await newWorker();
    await worker.handle(job(execution));
    await worker.handle({ laneId: randomUUID(), epoch: 1 });
    expect(oracle.fetches()).toEqual([]);
    expect(await laneOf(execution.executionId)).toMatchObject({ status: 'waiting', epoch: 0 });
  });

  it('without a single seed waits for the end and says that its frontier is empty', async () => {
    const execution = await queueTestExecution(db, []);
    const worker = await newWorker({ leaseMs: 600 });
    const lane = worker.handle(job(execution));
    await expect
      .poll(() => laneOf(execution.executionId), { timeout: 10_000 })
      .toMatchObject({ waiting_reason: 'frontier_empty' });
    worker.drain();
    await lane;
  });

  it('that is taken away while robots.txt is awaited stops at once, and writes nothing', async () => {
    const oracle = await site({ ...SMALL, plant: { robotsTxt: 'hang' } });
    const execution = await queueTestExecution(db, [oracle.seedUrl]);
    const worker = await newWorker({ leaseMs: 900 });
    const lane = worker.handle(job(execution));
    await expect.poll(() => oracle.fetches().length, { timeout: 10_000 }).toBe(1);
    await db.system.withSystem(
      (tx) =>
        tx.sql`update execution_lanes set epoch = 5, instance_id = null where execution_id = ${execution.executionId}`,
    );
    await lane;
    expect(await targetsOf(execution.executionId)).toMatchObject([{ state: 'leased', attempt: 1 }]);
    const errors = await db.system.withSystem((tx) => tx.sql`select 1 from campaign_errors`);
    expect(errors).toEqual([]);
  });

  it('loses its sessions with the database again and again, and no URL fails or is counted twice', async () => {
    const oracle = await site({ seed: 9, pages: 150, linksPerPage: 6, delayMs: 20 });
    const execution = await queueTestExecution(db, [oracle.seedUrl]);
    const worker = await newWorker();
    const lane = worker.handle(job(execution));
    for (const pages of [10, 60, 110]) {
      await expect.poll(() => oracle.fetches().length, { timeout: 15_000 }).toBeGreaterThan(pages);
      await Promise.all([db.terminateSessions('test app'), db.terminateSessions('test system')]);
    }
    const states = async (): Promise<string[]> => {
      const rows = await targetsOf(execution.executionId);
      return [...new Set(rows.map(({ state }) => state))];
    };
    await expect.poll(states, { timeout: 15_000 }).toEqual(['fetched']);
    worker.drain();
    await lane;
    const targets = await targetsOf(execution.executionId);
    expect(new Set(targets.map(({ url }) => url))).toEqual(oracle.expected.inScopeUrls);
    expect(await laneOf(execution.executionId)).toMatchObject({ fetched: targets.length, in_flight: 0 });
  });
});

describe('a host', () => {
  it('that answers Retry-After is left alone that long, and what was claimed of it loses no attempt', async () => {
    const oracle = await site({ ...SMALL, pages: 1, plant: { customPaths: ['/busy'], notFound: 30 } });
    let refusedAt = 0;
    oracle.set('/busy', (_, response) => {
      if (refusedAt === 0) {
        refusedAt = performance.now();
        response.writeHead(429, { 'retry-after': '2' }).end();
      } else {
        response.writeHead(200).end();
      }
    });
    oracle.setDelay(30);
    const execution = await queueTestExecution(db, [oracle.seedUrl], {
      politeness: { maxConcurrencyPerHost: 1 },
    });
    const worker = await newWorker();
    const refusal = performance.timeOrigin;
    await crawlToEnd(db, worker, execution);
    const after = oracle
      .fetches()
      .map(({ at }) => at - refusal - refusedAt)
      .filter((ms) => ms > 1);
    // One may have been on its way when the answer came.
    expect(after.filter((ms) => ms < 1_900).length).toBeLessThanOrEqual(1);
    const targets = await targetsOf(execution.executionId);
    expect(targets.filter(({ attempt }) => attempt === 2).map(({ url }) => url)).toEqual([
      `${oracle.origin}/busy`,
    ]);
    expect(targets.every(({ state }) => state === 'fetched')).toBe(true);
  });

  it('whose robots.txt cannot be read is asked again, says so meanwhile, and is then skipped altogether', async () => {
    const oracle = await site({ ...SMALL, plant: { robotsTxt: { status: 503 } } });
    const seeds = ['/', '/one', '/two', '/three'].map((path) => oracle.origin + path);
    const execution = await queueTestExecution(db, seeds, { fetch: { retries: 1 } });
    const worker = await newWorker({ leaseMs: 600 });
    const reasons = new Set<unknown>();
    const watching = setInterval(() => {
      void laneOf(execution.executionId).then((lane) => reasons.add(lane['waiting_reason']));
    }, 50);
    await crawlToEnd(db, worker, execution).finally(() => clearInterval(watching));
    expect(reasons).toContain('robots_unreachable');
    const log = await db.system.withSystem(
      (tx) =>
        tx.sql`select skip_reason, skip_rule from url_discovery_log where execution_id = ${execution.executionId}`,
    );
    const skip = { skip_reason: 'robots_unreachable', skip_rule: 'it answered 503' };
    expect(log).toEqual(seeds.map(() => skip));
    expect(pageFetches(oracle).size).toBe(0);
    // Once for each URL that was tried before the origin was given up, and once more.
    expect(oracle.fetches().length).toBeLessThanOrEqual(6);
  });

  it('whose robots.txt comes back in time is crawled', async () => {
    const oracle = await site(SMALL);
    let asked = 0;
    oracle.set('/robots.txt', (_, response) => {
      asked += 1;
      response.writeHead(asked === 1 ? 503 : 404).end();
    });
    const execution = await queueTestExecution(db, [oracle.seedUrl]);
    await crawlToEnd(db, await newWorker(), execution);
    const targets = await targetsOf(execution.executionId);
    expect(targets.length).toBe(12);
    expect(targets.every(({ state }) => state === 'fetched')).toBe(true);
  });

  it('shared by two busy lanes gives each of them its part', async () => {
    const oracle = await site({ seed: 4, pages: 500, linksPerPage: 10, delayMs: 25 });
    const execution = await queueTestExecution(db, [oracle.seedUrl], { lanes: 2 });
    await crawlToEnd(db, await newWorker(), execution);
    const lanes = await db.system.withSystem(
      (tx) =>
        tx.sql<
          { fetched: number }[]
        >`select fetched::int from execution_lanes where execution_id = ${execution.executionId}`,
    );
    expect(lanes.reduce((sum, { fetched }) => sum + fetched, 0)).toBe(500);
    expect(Math.min(...lanes.map(({ fetched }) => fetched))).toBeGreaterThan(50);
    expect(oracle.maxConcurrency()).toBeLessThanOrEqual(4);
  });
});

describe('private networks', () => {
  it('stay blocked unless the platform allows them: the site sees not one request', async () => {
    const oracle = await site(SMALL);
    const execution = await queueTestExecution(db, [oracle.seedUrl]);
    await crawlToEnd(db, await newWorker({ allowPrivateNetworks: false }), execution);
    expect(await targetsOf(execution.executionId)).toMatchObject([
      { state: 'failed', failure_code: 'blocked_address', attempt: 1 },
    ]);
    expect(oracle.fetches()).toEqual([]);
  });
});

describe('a campaign that heeds nofollow', () => {
  it('crawls a URL that one page forbids and a later one allows, and the counters still match', async () => {
    const oracle = await site({ ...SMALL, pages: 1, plant: { customPaths: ['/forbids', '/allows'] } });
    const headers = { 'content-type': 'text/html' };
    oracle.set('/forbids', {
      headers,
      body: '<meta name=robots content=nofollow><a href=/x>x</a><a href=/y>y</a>',
    });
    oracle.set('/allows', { headers, body: '<a href=/x>x</a>', delayMs: 300 });
    oracle.set('/x', { headers, body: 'x' });
    const execution = await queueTestExecution(db, [oracle.seedUrl], { scope: { followNofollow: false } });
    await crawlToEnd(db, await newWorker(), execution);
    const log = await db.system.withSystem(
      (tx) => tx.sql`select discovered_url as url, skip_reason, skip_rule from url_discovery_log
        where execution_id = ${execution.executionId} order by 1`,
    );
    const crawled = { skip_reason: null, skip_rule: null };
    expect(log).toEqual([
      { url: `${oracle.origin}/`, ...crawled },
      { url: `${oracle.origin}/allows`, ...crawled },
      { url: `${oracle.origin}/forbids`, ...crawled },
      { url: `${oracle.origin}/x`, ...crawled },
      { url: `${oracle.origin}/y`, skip_reason: 'nofollow', skip_rule: 'meta robots' },
    ]);
    const [sums] = await db.system.withSystem(
      (
        tx,
      ) => tx.sql`select sum(discovered)::int as discovered, sum(skipped)::int as skipped, sum(fetched)::int as fetched
        from execution_lanes where execution_id = ${execution.executionId}`,
    );
    expect(sums).toEqual({ discovered: 4, skipped: 1, fetched: 4 });
  });
});
