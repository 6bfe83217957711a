import { type Oracle, startOracle } from '@outrider/oracle';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { PlatformProcess } from '../platform/child-process.js';
import { createTestPlatform, type TestPlatform } from '../platform/test-platform.js';
import { membersOf, processIds, readOf } from './chromium-processes.js';

let oracle: Oracle;
let platform: TestPlatform;

beforeEach(async () => {
  oracle = await startOracle({ seed: 31, pages: 60, linksPerPage: 5, delayMs: 30 });
  platform = await createTestPlatform({
    queue: 'postgres',
    postgresAdminUrl: inject('postgresAdminUrl'),
    redisUrl: inject('redisUrl'),
  });
});
afterEach(async () => {
  await platform.close();
  await oracle.close();
});

/** The main processes of Chromium that a worker started: their folder is named after the worker. */
function chromiumsOf(worker: PlatformProcess): number[] {
  return processIds().filter((pid) => readOf(pid, 'cmdline').includes(`outrider-chromium-${worker.pid}-`));
}

async function startCrawl(): Promise<string> {
  const campaign = await platform.api.call('createCampaign', {
    body: { name: 'browser', seeds: [oracle.seedUrl], renderer: 'browser' },
  });
  const { execution } = await platform.api.call('startCampaign', { params: { id: campaign.id }, body: {} });
  return execution.id;
}

async function ended(executionId: string): Promise<string> {
  const read = async (): Promise<string> =>
    (await platform.api.call('getExecution', { params: { id: executionId } })).status;
  await expect.poll(read, { timeout: 60_000, interval: 200 }).toMatch(/completed|failed|stopped|cancelled/);
  return read();
}

describe('a worker with a browser', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'leaves no Chromium when it ends by %s, and another one finishes its work',
    { timeout: 120_000 },
    async (signal) => {
      const [, , worker] = await Promise.all([
        platform.start('api'),
        platform.start('orchestrator'),
        platform.start('worker'),
      ]);
      const executionId = await startCrawl();
      await expect.poll(() => oracle.fetches().length, { timeout: 30_000 }).toBeGreaterThan(10);
      const groups = chromiumsOf(worker);
      expect(membersOf(groups).length).toBeGreaterThan(2);
      await worker.kill(signal);
      await expect.poll(() => membersOf(groups), { timeout: 10_000 }).toEqual([]);
      const second = await platform.start('worker');
      expect(await ended(executionId)).toBe('completed');
      const [row] = await platform.db.system.withSystem(
        (tx) => tx.sql<{ pages: number; rendered: number }[]>`
          select count(*)::int as pages, count(*) filter (where (rendering->>'rendered')::boolean)::int as rendered
          from crawl_results where execution_id = ${executionId} and is_html and status_code = 200`,
      );
      expect(row?.rendered).toBe(row?.pages);
      expect(row?.pages).toBeGreaterThan(50);
      const others = chromiumsOf(second);
      expect(others).toHaveLength(1);
      await second.kill('SIGTERM');
      await expect.poll(() => membersOf(others), { timeout: 10_000 }).toEqual([]);
    },
  );

  it('F31: whose browser is killed in mid-crawl goes on with a new one, and fetches nothing twice', {
    timeout: 90_000,
  }, async () => {
    const [, , worker] = await Promise.all([
      platform.start('api'),
      platform.start('orchestrator'),
      platform.start('worker'),
    ]);
    const executionId = await startCrawl();
    await expect.poll(() => oracle.fetches().length, { timeout: 30_000 }).toBeGreaterThan(10);
    const [main] = chromiumsOf(worker);
    process.kill(main ?? 0, 'SIGKILL');
    expect(await ended(executionId)).toBe('completed');
    const times = [...oracle.fetchesByUrl().values()];
    expect(Math.max(...times)).toBe(1);
  });

  it('whose browser a page ends gives that page up alone, with its class, and no other loses an attempt', {
    timeout: 120_000,
  }, async () => {
    await oracle.close();
    oracle = await startOracle({ seed: 32, pages: 30, linksPerPage: 6, plant: { customPaths: ['/poison'] } });
    const [, , worker] = await Promise.all([
      platform.start('api'),
      platform.start('orchestrator'),
      platform.start('worker'),
    ]);
    let kills = 0;
    oracle.set('/poison', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<title>poison</title><script src=/kill.js></script>');
    });
    oracle.set('/kill.js', () => {
      for (const pid of chromiumsOf(worker)) process.kill(pid, 'SIGKILL');
      kills += 1;
    });
    const executionId = await startCrawl();
    expect(await ended(executionId)).toBe('completed');
    const targets = await platform.db.system.withSystem(
      (tx) => tx.sql<{ url: string; state: string; failure: string | null; attempt: number }[]>`
        select url, state, failure_code as failure, attempt from crawl_targets
        where execution_id = ${executionId}`,
    );
    const poison = `${oracle.origin}/poison`;
    const good = targets.filter(({ url }) => url !== poison);
    expect(good).toHaveLength(30);
    expect(new Set(good.map(({ state, attempt }) => `${state} ${attempt}`))).toEqual(new Set(['fetched 1']));
    expect(targets.find(({ url }) => url === poison)).toMatchObject({
      state: 'failed',
      failure: 'browser_killed',
      attempt: 3,
    });
    const [pages] = await platform.db.system.withSystem(
      (tx) => tx.sql<{ rendered: number }[]>`
        select count(*)::int as rendered from crawl_results
        where execution_id = ${executionId} and (rendering->>'rendered')::boolean`,
    );
    expect(pages?.rendered).toBe(30);
    // Once in the company of others, then once in each attempt.
    expect(kills).toBe(4);
    const fetches = [...oracle.fetchesByUrl()].filter(([url]) => !/poison|kill\.js|robots\.txt/.test(url));
    expect(fetches.filter(([, times]) => times > 1)).toEqual([]);
    expect(oracle.fetchesByUrl().get(poison)).toBe(3);
    const { items } = await platform.api.call('listErrors', {
      params: { id: (await platform.api.call('getExecution', { params: { id: executionId } })).campaignId },
      query: { errorCode: 'browser_killed' },
    });
    expect(items.map(({ severity }) => severity).sort()).toEqual(['critical', 'info', 'info']);
  });

  it('that has none takes no campaign that needs it, and says so', { timeout: 90_000 }, async () => {
    await Promise.all([
      platform.start('api'),
      platform.start('orchestrator'),
      platform.start('worker', { CHROMIUM_PATH: '/nonexistent/chromium' }),
    ]);
    const { items } = await platform.api.call('listInstances', { query: {} });
    expect(items.map(({ capabilities }) => capabilities)).toEqual([['http']]);
    const executionId = await startCrawl();
    const reasons = async (): Promise<(string | null)[]> => {
      const { lanes } = await platform.api.call('getExecution', { params: { id: executionId } });
      return lanes.map(({ waitingReason }) => waitingReason);
    };
    await expect.poll(reasons, { timeout: 20_000 }).toEqual(['no_browser_worker']);
    expect(oracle.fetches()).toEqual([]);
    await platform.start('worker');
    expect(await ended(executionId)).toBe('completed');
  });
});
