import { createTestDatabase, type TestDatabase } from '@outrider/db/testing';
import { type Oracle, type SitePlan, startOracle } from '@outrider/oracle';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { plainRenderer } from '../browser/page-renderer.js';
import type { RenderService } from '../browser/render-service.js';
import {
  crawlToEnd,
  queueTestExecution,
  startTestWorker,
  type TestExecution,
} from '../testing/test-crawl.js';

let db: TestDatabase;
const closing: (() => Promise<void>)[] = [];

beforeEach(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await db.drop();
});

async function setup(
  plan: SitePlan,
  config: Parameters<typeof queueTestExecution>[2] = {},
): Promise<{ oracle: Oracle; execution: TestExecution; crawl: () => Promise<void> }> {
  const oracle = await startOracle(plan);
  const { worker, fetcher } = startTestWorker(db);
  await worker.start();
  const execution = await queueTestExecution(db, [oracle.seedUrl], config);
  closing.push(
    () => worker.stop(),
    () => fetcher.close(),
    () => oracle.close(),
  );
  return { oracle, execution, crawl: () => crawlToEnd(db, worker, execution) };
}

async function statesOf(
  executionId: string,
): Promise<Map<string, { state: string; failure: string | null }>> {
  const rows = await db.system.withSystem(
    (tx) => tx.sql<{ url: string; state: string; failure_code: string | null }[]>`
      select url, state, failure_code from crawl_targets where execution_id = ${executionId}`,
  );
  return new Map(rows.map((row) => [row.url, { state: row.state, failure: row.failure_code }]));
}

async function statusesOf(executionId: string): Promise<Record<string, number>> {
  const rows = await db.system.withSystem(
    (tx) => tx.sql<{ status_code: number; n: number }[]>`
      select status_code, count(*)::int as n from crawl_results where execution_id = ${executionId} group by 1`,
  );
  return Object.fromEntries(rows.map((row) => [row.status_code, row.n]));
}

const SITE: SitePlan = {
  seed: 7,
  pages: 120,
  linksPerPage: 8,
  plant: {
    notFound: 6,
    redirects: 5,
    redirectChain: 4,
    outOfScope: 5,
    duplicates: 3,
    noindex: 2,
    binary: 2,
    deep: 6,
  },
};

describe('a lane', () => {
  it('fetches every URL in scope exactly once and records each', async () => {
    const { oracle, execution, crawl } = await setup(SITE);
    await crawl();
    const states = await statesOf(execution.executionId);
    expect(new Set(states.keys())).toEqual(oracle.expected.inScopeUrls);
    expect([...states.values()].every(({ state }) => state === 'fetched')).toBe(true);
    expect(await statusesOf(execution.executionId)).toEqual(oracle.expected.byStatus);
    const pages = new Map(oracle.fetchesByUrl());
    pages.delete(`${oracle.origin}/robots.txt`);
    expect([...pages.values()].every((times) => times === 1)).toBe(true);
  });

  it('logs each distinct URL once, with the reason for each that it left out', async () => {
    const { oracle, execution, crawl } = await setup(SITE);
    await crawl();
    const rows = await db.system.withSystem(
      (tx) => tx.sql<{ discovered_url: string; should_crawl: boolean; skip_reason: string | null }[]>`
        select discovered_url, should_crawl, skip_reason from url_discovery_log where execution_id = ${execution.executionId}`,
    );
    const outside = rows.filter(({ should_crawl }) => !should_crawl);
    expect(new Set(outside.map((row) => row.discovered_url))).toEqual(oracle.expected.outOfScopeUrls);
    expect(new Set(outside.map((row) => row.skip_reason))).toEqual(new Set(['out_of_scope']));
    expect(rows.length).toBe(oracle.expected.inScopeUrls.size + oracle.expected.outOfScopeUrls.size);
  });

  it('keeps counters that equal a recount of the rows', async () => {
    const { execution, crawl } = await setup(
      { ...SITE, plant: { ...SITE.plant, reset: 2 } },
      { fetch: { retries: 0 } },
    );
    await crawl();
    const [lanes] = await db.system.withSystem(
      (tx) => tx.sql<Record<string, number>[]>`
        select sum(discovered)::int as discovered, sum(fetched)::int as fetched, sum(failed)::int as failed,
          sum(skipped)::int as skipped, sum(in_flight)::int as in_flight
        from execution_lanes where execution_id = ${execution.executionId}`,
    );
    const [rows] = await db.system.withSystem(
      (tx) => tx.sql<Record<string, number>[]>`
        select count(*)::int - 1 as discovered, (count(*) filter (where t.state = 'fetched'))::int as fetched,
          (count(*) filter (where t.state = 'failed'))::int as failed,
          (count(*) filter (where not d.should_crawl))::int as skipped, 0 as in_flight
        from url_discovery_log d left join crawl_targets t on t.execution_id = d.execution_id and t.url_key = d.url_hash
        where d.execution_id = ${execution.executionId}`,
    );
    expect(lanes).toEqual(rows);
    expect(rows?.['failed']).toBe(2);
  });

  it('leaves out what robots.txt disallows and names the rule', async () => {
    const robotsTxt = 'User-agent: *\nDisallow: /docs/*/1\n';
    const { oracle, execution, crawl } = await setup({ ...SITE, plant: { robotsTxt } });
    await crawl();
    const blocked = oracle.expected.blockedByRobots;
    expect(blocked.size).toBeGreaterThan(0);
    const rows = await db.system.withSystem(
      (tx) => tx.sql<{ discovered_url: string; skip_rule: string }[]>`
        select discovered_url, skip_rule from url_discovery_log
        where execution_id = ${execution.executionId} and skip_reason = 'robots_txt'`,
    );
    expect(new Set(rows.map((row) => row.discovered_url))).toEqual(blocked);
    expect(rows[0]?.skip_rule).toBe('robots.txt line 2: Disallow: /docs/*/1');
    for (const url of blocked) expect(oracle.fetchesByUrl().has(url)).toBe(false);
  });

  it('never has more fetches on a host than the campaign allows', async () => {
    const { oracle, crawl } = await setup(
      { ...SITE, delayMs: 5 },
      { politeness: { maxConcurrencyPerHost: 3 }, lanes: 2 },
    );
    await crawl();
    expect(oracle.maxConcurrency()).toBeLessThanOrEqual(3);
    expect(oracle.maxConcurrency()).toBeGreaterThan(1);
  });

  it('keeps the delay between fetches, robots.txt included', async () => {
    const { oracle, crawl } = await setup(
      { seed: 3, pages: 8, linksPerPage: 3, plant: {} },
      { politeness: { delayMs: 150 }, lanes: 2 },
    );
    await crawl();
    expect(oracle.minGapMs()).toBeGreaterThanOrEqual(100);
  });

  it("keeps the site's Crawl-delay where that is slower", async () => {
    const robotsTxt = 'User-agent: *\nCrawl-delay: 0.2\n';
    const { oracle, crawl } = await setup({ seed: 3, pages: 6, linksPerPage: 3, plant: { robotsTxt } });
    await crawl();
    expect(oracle.minGapMs()).toBeGreaterThanOrEqual(150);
  });

  it('fetches no more pages than the limit, also with several lanes', async () => {
    const { oracle, execution } = await setup(SITE, { scope: { maxPages: 37 }, lanes: 3 });
    const { worker, fetcher } = startTestWorker(db);
    closing.unshift(() => fetcher.close());
    const lanes = execution.laneIds.map(() => worker.hear());
    await expect
      .poll(
        () => statusesOf(execution.executionId).then((by) => Object.values(by).reduce((a, b) => a + b, 0)),
        { timeout: 10_000 },
      )
      .toBe(37);
    await new Promise((resolve) => setTimeout(resolve, 700));
    worker.drain();
    await Promise.all(lanes);
    expect(oracle.fetches().filter((entry) => entry.path !== '/robots.txt')).toHaveLength(37);
  });
});

describe('a second worker of the same machine', () => {
  /** Two workers that each hold a lane; how many pages each has fetched when nothing is left. */
  async function shares(standbyMs: number, idleCores = 0): Promise<number[]> {
    const oracle = await startOracle({ ...SITE, delayMs: 100 });
    const { worker: first, fetcher } = startTestWorker(db);
    const { worker: second, fetcher: other } = startTestWorker(db, { standbyMs, idleCores: () => idleCores });
    for (const worker of [first, second]) {
      await worker.start();
      closing.push(() => worker.stop());
    }
    closing.push(
      () => fetcher.close(),
      () => other.close(),
      () => oracle.close(),
    );
    const execution = await queueTestExecution(db, [oracle.seedUrl], {
      lanes: 2,
      politeness: { maxConcurrencyPerHost: 2 },
    });
    const { executionId, laneIds } = execution;
    const crawling = crawlToEnd(db, first, { ...execution, laneIds: laneIds.slice(0, 1) });
    await expect.poll(() => statusesOf(executionId)).not.toEqual({});
    const joining = second.hear();
    await crawling;
    second.drain();
    await joining;
    const lanes = await db.system.withSystem(
      (tx) => tx.sql<{ instance_id: string; fetched: number }[]>`
        select instance_id, fetched::int as fetched from execution_lanes where execution_id = ${executionId}`,
    );
    return [first, second].map(({ instanceId }) =>
      lanes.filter((lane) => lane.instance_id === instanceId).reduce((sum, { fetched }) => sum + fetched, 0),
    );
  }

  it('fetches nothing of an execution that has just begun, while no core is idle', async () => {
    const [first, second] = await shares(60_000);
    expect(second).toBe(0);
    expect(first).toBeGreaterThan(100);
  });

  it.each([
    ['it has run for a while', 100, 0],
    ['a core is idle', 60_000, 1],
  ])('joins in once %s', async (_, standbyMs, idleCores) => {
    const [first, second] = await shares(standbyMs, idleCores);
    expect(first).toBeGreaterThan(10);
    expect(second).toBeGreaterThan(0);
  });
});

describe('a worker whose browser does not start', () => {
  it('leaves a lane that needs one to others, which says so', async () => {
    const execution = await queueTestExecution(db, ['http://a.test/'], { renderer: 'browser' });
    const rendering: RenderService = {
      open: () => plainRenderer,
      trouble: () => 'the browser did not start 10 times in a row',
      prove: async () => {},
      pid: () => null,
      close: async () => {},
    };
    const { worker, fetcher } = startTestWorker(db, { rendering });
    closing.push(() => fetcher.close());
    await worker.hear();
    const lanes = await db.system.withSystem(
      (tx) => tx.sql`
        select status, waiting_reason from execution_lanes where execution_id = ${execution.executionId}`,
    );
    expect(lanes).toEqual([{ status: 'waiting', waiting_reason: 'no_browser_worker' }]);
    expect(await statesOf(execution.executionId)).toEqual(
      new Map([['http://a.test/', { state: 'pending', failure: null }]]),
    );
  });
});
