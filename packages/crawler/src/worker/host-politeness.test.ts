import { freezeHost, releaseHost } from '@outrider/db';
import { hostOf } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { PATIENCE } from '../lane/back-off-refused.js';
import { crawlToEnd, queueTestExecution } from '../testing/test-crawl.js';
import { pageFetches, SMALL, useTestFleet } from '../testing/test-fleet.js';

const fleet = useTestFleet();

const numbered = (origin: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${origin}/page/${n}`);

describe('a host that refuses', () => {
  it('everything for a while costs no URL an attempt but the first, and other hosts no time', async () => {
    const busy = await fleet.site({ ...SMALL, pages: 1 });
    const other = await fleet.site({ ...SMALL, pages: 1 });
    // No more than a lane's patience: where a busy machine tells of each too late, each is a step of its own.
    let refusals = 0;
    for (const url of numbered(busy.origin, 20)) {
      busy.set(new URL(url).pathname, (_, response) => {
        const isRefused = refusals < PATIENCE;
        if (isRefused) refusals += 1;
        response.writeHead(isRefused ? 503 : 200).end();
      });
    }
    const seeds = [...numbered(busy.origin, 20), ...numbered(other.origin, 20)];
    const execution = await queueTestExecution(fleet.db, seeds, {
      fetch: { retries: 1 },
      politeness: { obeyRobots: false, maxConcurrencyPerHost: 2 },
    });
    await crawlToEnd(fleet.db, await fleet.worker({ hostBackOffMs: 150 }), execution);
    const targets = await fleet.targets(execution);
    expect(targets.every(({ state }) => state === 'fetched')).toBe(true);
    // The first to be refused cannot know that the host refuses all.
    const attempts = targets.map(({ attempt }) => attempt).sort((a, b) => b - a);
    expect(attempts[0]).toBeLessThanOrEqual(2);
    expect(attempts.filter((attempt) => attempt > 1).length).toBeLessThanOrEqual(2);
    const ends = (site: typeof busy) => Math.max(...site.fetches().map(({ at }) => at));
    expect(ends(other)).toBeLessThan(ends(busy));
    const [row] = await fleet.db.system.withSystem(
      (tx) =>
        tx.sql`select backoff_cause, backoff_level from crawl_hosts where host = ${hostOf(busy.seedUrl)}`,
    );
    expect(row).toMatchObject({ backoff_cause: 'back_off' });
    expect(Number(row?.['backoff_level'])).toBeGreaterThanOrEqual(3);
  });

  it('one URL for ever is not left alone for ever: that URL ends as what it answers', async () => {
    const oracle = await fleet.site({ ...SMALL, pages: 1 });
    oracle.set('/page/0', { status: 503 });
    const execution = await queueTestExecution(fleet.db, numbered(oracle.origin, 10), {
      fetch: { retries: 2 },
      politeness: { obeyRobots: false },
    });
    await crawlToEnd(fleet.db, await fleet.worker({ hostBackOffMs: 50 }), execution);
    const [refused, ...others] = await fleet.targets(execution);
    expect(refused).toMatchObject({ state: 'fetched', attempt: 3 });
    expect(others.map(({ attempt }) => attempt)).toEqual(others.map(() => 1));
  });
});

describe('a host that cannot be reached', () => {
  it('is left alone after five connections, and given up after three pauses: its URLs are not tried one by one', async () => {
    const gone = await fleet.site({ ...SMALL, pages: 1 });
    const { origin } = gone;
    await gone.close();
    const execution = await queueTestExecution(fleet.db, numbered(origin, 60), {
      fetch: { retries: 0 },
      politeness: { obeyRobots: false, maxConcurrencyPerHost: 2 },
    });
    await crawlToEnd(fleet.db, await fleet.worker({ hostBackOffMs: 100 }), execution, 60_000);
    const targets = await fleet.targets(execution);
    const given = targets.filter(({ failure_code: code }) => code === 'host_unreachable');
    expect(targets.every(({ state }) => state === 'failed')).toBe(true);
    expect(given.length).toBeGreaterThan(0);
    expect(targets.length - given.length).toBeGreaterThanOrEqual(5);
    const [row] = await fleet.db.system.withSystem(
      (tx) => tx.sql`select backoff_cause, backoff_level from crawl_hosts where host = ${hostOf(origin)}`,
    );
    expect(row).toEqual({ backoff_cause: 'circuit_open', backoff_level: 3 });
  });
});

describe('a host that grows slow', () => {
  it('is slowed down by a single lane, which gets few answers in a second', async () => {
    const oracle = await fleet.site({ ...SMALL, pages: 1 });
    const seeds = numbered(oracle.origin, 80);
    let asked = 0;
    for (const url of seeds) {
      oracle.set(new URL(url).pathname, (_, response) => {
        asked += 1;
        setTimeout(() => response.writeHead(200).end(), asked <= 20 ? 20 : 1_500);
      });
    }
    await queueTestExecution(fleet.db, seeds, { politeness: { obeyRobots: false } });
    const worker = await fleet.worker();
    const lane = worker.hear();
    const slowLevel = async (): Promise<number | undefined> => {
      const [row] = await fleet.db.system.withSystem(
        (tx) => tx.sql<{ level: number }[]>`
          select slow_level::int as level from crawl_hosts where host = ${hostOf(oracle.seedUrl)}`,
      );
      return row?.level;
    };
    await expect.poll(slowLevel, { timeout: 20_000, interval: 100 }).toBeGreaterThan(0);
    worker.drain();
    await lane;
  });
});

describe('a host that gets one fetch at a time', () => {
  it('is crawled by a campaign that comes to it while a large one is there', async () => {
    const oracle = await fleet.site({ ...SMALL, pages: 1, delayMs: 20 });
    const config = { politeness: { obeyRobots: false, maxConcurrencyPerHost: 1 } };
    const large = await queueTestExecution(fleet.db, numbered(oracle.origin, 2_000), config);
    const worker = await fleet.worker({ leaseMs: 1_500 });
    const lanes = [worker.hear()];
    await expect.poll(() => oracle.fetches().length, { timeout: 10_000, interval: 10 }).toBeGreaterThan(0);
    const small = await queueTestExecution(fleet.db, numbered(oracle.origin, 5), config);
    lanes.push(worker.hear());
    const reason = async () => (await fleet.lane(small))['waiting_reason'];
    await expect.poll(reason, { timeout: 10_000 }).toBe('host_busy');
    await fleet.db.system.withSystem(
      (tx) => tx.sql`update host_permits set turn_at = turn_at - interval '1 minute'`,
    );
    const done = async () => (await fleet.targets(small)).filter(({ state }) => state === 'fetched').length;
    await expect.poll(done, { timeout: 10_000 }).toBe(5);
    expect((await fleet.targets(large)).some(({ state }) => state === 'pending')).toBe(true);
    expect(oracle.maxConcurrency()).toBe(1);
    worker.drain();
    await Promise.all(lanes);
  });
});

describe('robots.txt', () => {
  it('that changes in mid-crawl holds for the rest once it is read again (B11)', async () => {
    const oracle = await fleet.site({ ...SMALL, pages: 1, delayMs: 40 });
    const seeds = numbered(oracle.origin, 120);
    for (const url of seeds) oracle.set(new URL(url).pathname, { status: 200 });
    const execution = await queueTestExecution(fleet.db, seeds, {
      politeness: { maxConcurrencyPerHost: 2 },
    });
    let clock = Date.now();
    const worker = await fleet.worker({ now: () => clock });
    const crawling = crawlToEnd(fleet.db, worker, execution);
    await expect.poll(() => pageFetches(oracle).size, { timeout: 10_000, interval: 10 }).toBeGreaterThan(10);
    oracle.set('/robots.txt', { body: 'User-agent: *\nDisallow: /page/\n' });
    await fleet.db.system.withSystem((tx) => tx.sql`update robots_files set expires_at = now()`);
    clock += 31_000;
    await crawling;
    const fetched = pageFetches(oracle).size;
    expect(fetched).toBeLessThan(100);
    const log = await fleet.db.system.withSystem(
      (tx) => tx.sql<{ skip_reason: string | null; skip_rule: string | null; n: number }[]>`
        select skip_reason, skip_rule, count(*)::int as n from url_discovery_log
        where execution_id = ${execution.executionId} and skip_reason is not null group by 1, 2`,
    );
    const rule = 'robots.txt line 2: Disallow: /page/';
    expect(log).toEqual([{ skip_reason: 'robots_txt', skip_rule: rule, n: 120 - fetched }]);
    // The execution keeps both: by which it let pages in, and by which it left the rest out.
    const told = await fleet.db.system.withSystem(
      (tx) => tx.sql<{ outcome: string; body: string | null }[]>`
        select outcome, body from execution_robots left join robots_bodies using (body_hash)
        where execution_id = ${execution.executionId} order by told_at`,
    );
    expect(told).toEqual([
      { outcome: 'allow_all', body: null },
      { outcome: 'rules', body: 'User-agent: *\nDisallow: /page/\n' },
    ]);
  });

  it('with a Crawl-delay paces every lane from the first page on', async () => {
    const oracle = await fleet.site({
      ...SMALL,
      pages: 1,
      plant: { robotsTxt: 'User-agent: *\nCrawl-delay: 0.3\n' },
    });
    const seeds = numbered(oracle.origin, 12);
    const execution = await queueTestExecution(fleet.db, seeds, { lanes: 3 });
    await crawlToEnd(fleet.db, await fleet.worker(), execution);
    const at = oracle
      .fetches()
      .filter(({ path }) => path !== '/robots.txt')
      .map((one) => one.at);
    expect(at).toHaveLength(12);
    // Eleven gaps; what one start comes late, the next may come nearer.
    expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeGreaterThan(11 * 300 - 300);
  });
});

describe('a frozen host', () => {
  it('is left alone within seconds, says so, and is crawled on when it is released', async () => {
    const oracle = await fleet.site({ ...SMALL, pages: 1, delayMs: 20 });
    const execution = await queueTestExecution(fleet.db, numbered(oracle.origin, 200), {
      politeness: { obeyRobots: false, maxConcurrencyPerHost: 2 },
    });
    const { tenantId } = execution;
    const host = hostOf(oracle.seedUrl);
    const crawling = crawlToEnd(fleet.db, await fleet.worker({ leaseMs: 1_500 }), execution);
    await expect.poll(() => oracle.fetches().length, { timeout: 10_000, interval: 10 }).toBeGreaterThan(5);
    await fleet.db.app.withTenant(tenantId, (tx) =>
      freezeHost(tx, tenantId, { host, reason: 'they called', until: null }),
    );
    await expect
      .poll(async () => (await fleet.lane(execution))['waiting_reason'], { timeout: 10_000 })
      .toBe('host_frozen');
    const fetched = oracle.fetches().length;
    expect(fetched).toBeLessThan(200);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(oracle.fetches()).toHaveLength(fetched);
    await fleet.db.app.withTenant(tenantId, (tx) => releaseHost(tx, tenantId, host));
    await crawling;
    const targets = await fleet.targets(execution);
    expect(targets.map(({ state, attempt }) => `${state} ${attempt}`)).toEqual(
      targets.map(() => 'fetched 1'),
    );
  });
});
