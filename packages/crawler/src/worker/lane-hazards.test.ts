import { type Database, DatabaseConnectionError } from '@outrider/db';
import { describe, expect, it } from 'vitest';
import { crawlToEnd, queueTestExecution, type TestExecution } from '../testing/test-crawl.js';
import { pageFetches, SMALL, useTestFleet } from '../testing/test-fleet.js';

const fleet = useTestFleet();

const permitsOf = ({ executionId }: TestExecution): Promise<object[]> =>
  fleet.db.system.withSystem(
    (tx) => tx.sql<{ host: string }[]>`
      select host from host_permits join execution_lanes lane on lane.id = lane_id where execution_id = ${executionId}`,
  );

describe('a worker that drains', () => {
  it('finishes the slow pages in flight: nothing is fetched twice, and no attempt is lost', async () => {
    const oracle = await fleet.site({ ...SMALL, pages: 60 });
    const execution = await queueTestExecution(fleet.db, [oracle.seedUrl]);
    const first = await fleet.worker();
    const lane = first.hear();
    await expect.poll(() => oracle.fetches().length, { timeout: 10_000 }).toBeGreaterThan(8);
    oracle.setDelay(400);
    const before = oracle.fetches().length;
    await expect.poll(() => oracle.fetches().length, { timeout: 10_000 }).toBeGreaterThan(before);
    first.drain();
    await lane;
    oracle.setDelay(0);
    expect(await fleet.lane(execution)).toMatchObject({ status: 'waiting', in_flight: 0 });
    const left = (await fleet.targets(execution)).filter(({ state }) => state === 'pending');
    expect(left.length).toBeGreaterThan(0);
    expect(left.every(({ attempt }) => attempt === 0)).toBe(true);
    const second = await fleet.worker();
    await crawlToEnd(fleet.db, second, execution, 20_000);
    const targets = await fleet.targets(execution);
    expect(new Set(targets.map(({ url }) => url))).toEqual(oracle.expected.inScopeUrls);
    expect(targets.every(({ state, attempt }) => state === 'fetched' && attempt === 1)).toBe(true);
    expect([...pageFetches(oracle).values()].every((times) => times === 1)).toBe(true);
  });

  it('does not wait for URLs whose moment has not come', async () => {
    const oracle = await fleet.site(SMALL);
    const execution = await queueTestExecution(fleet.db, [oracle.seedUrl], {
      politeness: { delayMs: 2_000 },
    });
    const worker = await fleet.worker();
    const lane = worker.hear();
    await expect.poll(() => fleet.lane(execution), { timeout: 15_000 }).toMatchObject({ fetched: 1 });
    await expect.poll(() => fleet.lane(execution), { timeout: 5_000 }).toMatchObject({ in_flight: 3 });
    const start = performance.now();
    worker.drain();
    await lane;
    expect(performance.now() - start).toBeLessThan(5_000);
    const targets = await fleet.targets(execution);
    const left = targets.filter(({ state }) => state === 'pending');
    expect(left.length).toBe(targets.length - pageFetches(oracle).size);
    expect(left.every(({ attempt }) => attempt === 0)).toBe(true);
    expect(await permitsOf(execution)).toEqual([]);
  });
});

describe('a worker that drains while a URL waits out the Crawl-delay', () => {
  it('waits no longer: the URL is pending again, unfetched, with its attempt undone', async () => {
    const oracle = await fleet.site({ ...SMALL, plant: { robotsTxt: 'User-agent: *\nCrawl-delay: 30\n' } });
    const execution = await queueTestExecution(fleet.db, [oracle.seedUrl]);
    const worker = await fleet.worker();
    const lane = worker.hear();
    const paced = (): Promise<object[]> =>
      fleet.db.system.withSystem(
        (tx) => tx.sql`select 1 from crawl_hosts where next_fetch_at > now() + interval '20 seconds'`,
      );
    await expect.poll(paced, { timeout: 10_000 }).toHaveLength(1);
    const start = performance.now();
    worker.drain();
    await lane;
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(pageFetches(oracle).size).toBe(0);
    expect(await fleet.targets(execution)).toMatchObject([{ state: 'pending', attempt: 0 }]);
    expect(await fleet.lane(execution)).toMatchObject({ status: 'waiting', in_flight: 0 });
  });
});

describe('a lane', () => {
  it('that is offered twice at once is crawled once', async () => {
    const oracle = await fleet.site(SMALL);
    const execution = await queueTestExecution(fleet.db, [oracle.seedUrl]);
    const workers = [await fleet.worker(), await fleet.worker()];
    const [first, second] = workers;
    if (first === undefined || second === undefined) throw new Error('two workers were wanted');
    const again = second.hear();
    await crawlToEnd(fleet.db, first, execution);
    await again;
    expect(await fleet.lane(execution)).toMatchObject({ epoch: 1, fetched: 12 });
    expect([...pageFetches(oracle).values()].every((times) => times === 1)).toBe(true);
  });

  it('of an execution that has ended is not taken', async () => {
    const oracle = await fleet.site(SMALL);
    const execution = await queueTestExecution(fleet.db, [oracle.seedUrl]);
    await fleet.db.system.withSystem(
      (
        tx,
      ) => tx.sql`update campaign_executions set status = 'cancelled', completed_at = now(), end_reason = 'cancelled_by_user'
        where id = ${execution.executionId}`,
    );
    const worker = await fleet.worker();
    await worker.hear();
    expect(oracle.fetches()).toEqual([]);
    expect(await fleet.lane(execution)).toMatchObject({ status: 'waiting', epoch: 0 });
  });

  it('without a single seed waits for the end and says that its frontier is empty', async () => {
    const execution = await queueTestExecution(fleet.db, []);
    const worker = await fleet.worker({ leaseMs: 2_100 });
    const lane = worker.hear();
    await expect
      .poll(() => fleet.lane(execution), { timeout: 10_000 })
      .toMatchObject({ waiting_reason: 'frontier_empty' });
    worker.drain();
    await lane;
  });

  it('that is taken away while robots.txt is awaited stops at once, and writes nothing', async () => {
    const oracle = await fleet.site({ ...SMALL, plant: { robotsTxt: 'hang' } });
    const execution = await queueTestExecution(fleet.db, [oracle.seedUrl]);
    const worker = await fleet.worker({ leaseMs: 900 });
    const lane = worker.hear();
    await expect.poll(() => oracle.fetches().length, { timeout: 10_000 }).toBe(1);
    await fleet.db.system.withSystem(
      (tx) =>
        tx.sql`update execution_lanes set epoch = 5, instance_id = null where execution_id = ${execution.executionId}`,
    );
    await lane;
    expect(await fleet.targets(execution)).toMatchObject([{ state: 'leased', attempt: 1 }]);
    const errors = await fleet.db.system.withSystem((tx) => tx.sql`select 1 from campaign_errors`);
    expect(errors).toEqual([]);
  });

  it('loses its sessions with the database again and again, and no URL fails or is counted twice', async () => {
    const oracle = await fleet.site({ seed: 9, pages: 150, linksPerPage: 6, delayMs: 20 });
    const execution = await queueTestExecution(fleet.db, [oracle.seedUrl]);
    const worker = await fleet.worker();
    const lane = worker.hear();
    for (const pages of [10, 60, 110]) {
      await expect.poll(() => oracle.fetches().length, { timeout: 15_000 }).toBeGreaterThan(pages);
      await Promise.all([fleet.db.terminateSessions('test app'), fleet.db.terminateSessions('test system')]);
    }
    const states = async (): Promise<string[]> => {
      const rows = await fleet.targets(execution);
      return [...new Set(rows.map(({ state }) => state))];
    };
    await expect.poll(states, { timeout: 15_000 }).toEqual(['fetched']);
    worker.drain();
    await lane;
    const targets = await fleet.targets(execution);
    expect(new Set(targets.map(({ url }) => url))).toEqual(oracle.expected.inScopeUrls);
    expect(await fleet.lane(execution)).toMatchObject({ fetched: targets.length, in_flight: 0 });
  });
});

/** Every fifth transaction that need not be on disk, which claims and commits are, is done and its answer lost. */
function losingAnswers(database: Database): Database {
  let transactions = 0;
  return {
    ...database,
    async withTenant(tenantId, work, options) {
      const result = await database.withTenant(tenantId, work, options);
      if (options?.durability === 'relaxed') transactions += 1;
      if (transactions % 5 !== 4) return result;
      transactions += 1;
      throw new DatabaseConnectionError('CONNECTION_CLOSED', 'the answer was lost');
    },
  };
}

describe('a lane whose claims and commits lose their answers', () => {
  it('crawls to the end all the same: no URL stays leased, none is fetched or counted twice', async () => {
    const oracle = await fleet.site({
      seed: 9,
      pages: 120,
      linksPerPage: 6,
      delayMs: 5,
      plant: { sitemap: true },
    });
    const execution = await queueTestExecution(fleet.db, [oracle.seedUrl]);
    const worker = await fleet.worker({ tenantDatabase: losingAnswers(fleet.db.app) });
    await crawlToEnd(fleet.db, worker, execution);
    const targets = await fleet.targets(execution);
    expect(new Set(targets.map(({ url }) => url))).toEqual(oracle.expected.inScopeUrls);
    expect(targets.every(({ state, attempt }) => state === 'fetched' && attempt === 1)).toBe(true);
    expect(await fleet.lane(execution)).toMatchObject({ fetched: targets.length, in_flight: 0 });
    expect(Math.max(...pageFetches(oracle).values())).toBe(1);
  });
});

/** Undoes the commit of a page, as a crash of the server undoes one that it had not flushed. */
async function loseCommitOf(url: string, execution: TestExecution): Promise<void> {
  await fleet.db.system.withSystem(async ({ sql }) => {
    const lane = execution.laneIds[0] ?? '';
    const target = sql`execution_id = ${execution.executionId} and url = ${url}`;
    await sql`
      delete from crawl_links where execution_id = ${execution.executionId}
        and source_key = (select url_key from crawl_targets where ${target})`;
    await sql`delete from crawl_results where ${target}`;
    await sql`update crawl_targets set state = 'leased', lane_id = ${lane}, lane_epoch = 1, settled_at = null where ${target}`;
    await sql`update execution_lanes set fetched = fetched - 1, in_flight = in_flight + 1, last_batch = last_batch - 1 where id = ${lane}`;
  });
}

describe('a lane whose commit the server lost after it had said that it was done', () => {
  it('gives itself back, and whoever takes it next crawls the page again', async () => {
    const oracle = await fleet.site(SMALL);
    const execution = await queueTestExecution(fleet.db, [oracle.seedUrl]);
    const worker = await fleet.worker();
    const lane = worker.hear();
    const settled = async (): Promise<boolean> =>
      (await fleet.targets(execution)).every(({ state }) => state === 'fetched');
    await expect.poll(settled, { timeout: 15_000 }).toBe(true);
    const { url } = (await fleet.targets(execution)).at(-1) ?? { url: '' };
    await loseCommitOf(url, execution);
    await lane;
    expect(await fleet.lane(execution)).toMatchObject({ status: 'waiting', in_flight: 0 });
    await crawlToEnd(fleet.db, worker, execution, 20_000);
    expect(oracle.fetchesByUrl().get(url)).toBe(2);
    const targets = await fleet.targets(execution);
    expect(await fleet.lane(execution)).toMatchObject({ fetched: targets.length, in_flight: 0 });
  });
});

describe('a lane whose claim the server lost after it had said that it was done', () => {
  it('gives itself back, and forgets no URL that it found on the page', async () => {
    const oracle = await fleet.site(SMALL);
    oracle.setDelay(1_000);
    const execution = await queueTestExecution(fleet.db, [oracle.seedUrl]);
    const worker = await fleet.worker();
    const lane = worker.hear();
    const claimed = async (): Promise<unknown> => (await fleet.targets(execution))[0]?.state;
    await expect.poll(claimed, { timeout: 10_000 }).toBe('leased');
    // Claimed again while it is being fetched, as another attempt: what the first brings is refused.
    await fleet.db.system.withSystem(async ({ sql }) => {
      await sql`update execution_lanes set in_flight = 0 where execution_id = ${execution.executionId}`;
      await sql`
        update crawl_targets set state = 'pending', lane_id = null, lane_epoch = null
        where execution_id = ${execution.executionId}`;
    });
    await lane;
    oracle.setDelay(0);
    await crawlToEnd(fleet.db, worker, execution, 20_000);
    const targets = await fleet.targets(execution);
    expect(new Set(targets.map(({ url }) => url))).toEqual(oracle.expected.inScopeUrls);
  }, 40_000);
});

describe('private networks', () => {
  it('stay blocked unless the platform allows them: the site sees not one request', async () => {
    const oracle = await fleet.site(SMALL);
    const execution = await queueTestExecution(fleet.db, [oracle.seedUrl]);
    await crawlToEnd(fleet.db, await fleet.worker({ allowPrivateNetworks: false }), execution);
    expect(await fleet.targets(execution)).toMatchObject([
      { state: 'failed', failure_code: 'blocked_address', attempt: 1 },
    ]);
    expect(oracle.fetches()).toEqual([]);
  });
});

describe('a campaign that heeds nofollow', () => {
  it('crawls a URL that one page forbids and a later one allows, and the counters still match', async () => {
    const oracle = await fleet.site({ ...SMALL, pages: 1, plant: { customPaths: ['/forbids', '/allows'] } });
    const headers = { 'content-type': 'text/html' };
    oracle.set('/forbids', {
      headers,
      body: '<meta name=robots content=nofollow><a href=/x>x</a><a href=/y>y</a>',
    });
    oracle.set('/allows', { headers, body: '<a href=/x>x</a>', delayMs: 300 });
    oracle.set('/x', { headers, body: 'x' });
    const execution = await queueTestExecution(fleet.db, [oracle.seedUrl], {
      scope: { followNofollow: false },
    });
    await crawlToEnd(fleet.db, await fleet.worker(), execution);
    const log = await fleet.db.system.withSystem(
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
    const [sums] = await fleet.db.system.withSystem(
      (
        tx,
      ) => tx.sql`select sum(discovered)::int as discovered, sum(skipped)::int as skipped, sum(fetched)::int as fetched
        from execution_lanes where execution_id = ${execution.executionId}`,
    );
    expect(sums).toEqual({ discovered: 4, skipped: 1, fetched: 4 });
  });
});
