import { describe, expect, it } from 'vitest';
import { crawlToEnd, queueTestExecution } from '../testing/test-crawl.js';
import { pageFetches, SMALL, useTestFleet } from '../testing/test-fleet.js';

const fleet = useTestFleet();

describe('a host', () => {
  it.each([1, 2])(
    'that answers Retry-After is left alone that long by %i lanes, and what they claimed of it loses no attempt',
    async (lanes) => {
      const oracle = await fleet.site({ ...SMALL, pages: 1, delayMs: 30 });
      let refusedAt = Number.POSITIVE_INFINITY;
      oracle.set('/busy', (_, response) => {
        if (refusedAt < Number.POSITIVE_INFINITY) {
          response.writeHead(200).end();
          return;
        }
        refusedAt = performance.timeOrigin + performance.now();
        response.writeHead(429, { 'retry-after': '4' }).end();
      });
      const others = Array.from({ length: 150 }, (_, n) => `${oracle.origin}/${n}`);
      const seeds = [...others.slice(0, 20), `${oracle.origin}/busy`, ...others.slice(20)];
      const execution = await queueTestExecution(fleet.db, seeds, {
        lanes,
        politeness: { maxConcurrencyPerHost: 2, obeyRobots: false },
      });
      await crawlToEnd(fleet.db, await fleet.worker(), execution);
      const after = oracle.fetches().map(({ at }) => at - refusedAt);
      // A lane that did not hear the answer itself learns of it with its next claim, a second later at most.
      expect(after.filter((ms) => ms > (lanes === 1 ? 300 : 2_500) && ms < 3_900)).toEqual([]);
      expect(after.filter((ms) => ms >= 3_900).length).toBeGreaterThan(20);
      const targets = await fleet.targets(execution);
      const again = targets.filter(({ attempt }) => attempt !== 1).map(({ url, attempt }) => [url, attempt]);
      expect(again).toEqual([[`${oracle.origin}/busy`, 2]]);
      expect(targets.every(({ state }) => state === 'fetched')).toBe(true);
    },
  );

  it('with a few pages that always refuse is left alone for the first step each time, and those end as refused', {
    timeout: 30_000,
  }, async () => {
    const oracle = await fleet.site({ ...SMALL, delayMs: 10 });
    // The first two are in flight together, and so come again together.
    const refusing = ['a', 'b', 'c'].map((name) => `${oracle.origin}/refuses-${name}`);
    for (const url of refusing) oracle.set(new URL(url).pathname, { status: 503 });
    const seeds = Array.from({ length: 400 }, (_, n) => `${oracle.origin}/other-${n}`);
    seeds.splice(10, 0, ...refusing.slice(0, 2));
    seeds.splice(50, 0, ...refusing.slice(2));
    const execution = await queueTestExecution(fleet.db, seeds, {
      mode: 'list',
      fetch: { retries: 2 },
      politeness: { maxConcurrencyPerHost: 2, obeyRobots: false },
    });
    await crawlToEnd(fleet.db, await fleet.worker({ hostBackOffMs: 2_000 }), execution, 28_000);
    const [row] = await fleet.db.system.withSystem(
      (tx) => tx.sql`select backoff_level from crawl_hosts where host = ${new URL(oracle.origin).host}`,
    );
    expect(Number(row?.['backoff_level'])).toBeLessThanOrEqual(2);
    const targets = await fleet.targets(execution);
    expect(targets.every(({ state }) => state === 'fetched')).toBe(true);
    const again = targets.filter(({ attempt }) => attempt !== 1);
    expect(again.map(({ url, attempt }) => `${url} ${attempt}`).sort()).toEqual(
      refusing.map((url) => `${url} 3`).sort(),
    );
    const [recorded] = await fleet.db.system.withSystem(
      (tx) => tx.sql<{ n: number }[]>`
        select count(*)::int as n from crawl_results where execution_id = ${execution.executionId} and status_code = 503`,
    );
    expect(recorded?.n).toBe(refusing.length);
  });

  it('whose robots.txt cannot be read is asked again, says so meanwhile, and is then skipped altogether', async () => {
    const oracle = await fleet.site({ ...SMALL, plant: { robotsTxt: { status: 503 } } });
    const seeds = ['/', '/one', '/two', '/three'].map((path) => oracle.origin + path);
    const execution = await queueTestExecution(fleet.db, seeds, { fetch: { retries: 1 } });
    // A beat each 700 ms, within the second between the two tries.
    const worker = await fleet.worker({ leaseMs: 2_100 });
    const reasons = new Set<unknown>();
    const watching = setInterval(() => {
      void fleet.lane(execution).then((lane) => reasons.add(lane['waiting_reason']));
    }, 50);
    await crawlToEnd(fleet.db, worker, execution).finally(() => clearInterval(watching));
    expect(reasons).toContain('robots_unreachable');
    const log = await fleet.db.system.withSystem(
      (tx) =>
        tx.sql`select skip_reason, skip_rule from url_discovery_log where execution_id = ${execution.executionId}`,
    );
    const skip = { skip_reason: 'robots_unreachable', skip_rule: 'it answered 503' };
    expect(log).toEqual(seeds.map(() => skip));
    expect(pageFetches(oracle).size).toBe(0);
    // One try and one retry for the whole host, and not for each of its URLs.
    expect(oracle.fetches()).toHaveLength(2);
  });

  it('whose robots.txt comes back in time is crawled', async () => {
    const oracle = await fleet.site(SMALL);
    let asked = 0;
    oracle.set('/robots.txt', (_, response) => {
      asked += 1;
      response.writeHead(asked === 1 ? 503 : 404).end();
    });
    const execution = await queueTestExecution(fleet.db, [oracle.seedUrl]);
    await crawlToEnd(fleet.db, await fleet.worker(), execution);
    const targets = await fleet.targets(execution);
    expect(targets.length).toBe(12);
    expect(targets.every(({ state }) => state === 'fetched')).toBe(true);
  });

  it('shared by two busy lanes gives each of them its part', async () => {
    const oracle = await fleet.site({ seed: 4, pages: 500, linksPerPage: 10, delayMs: 25 });
    const execution = await queueTestExecution(fleet.db, [oracle.seedUrl], { lanes: 2 });
    await crawlToEnd(fleet.db, await fleet.worker(), execution);
    const lanes = await fleet.db.system.withSystem(
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

describe("a campaign's own request headers", () => {
  it('go to the origins of its seeds, and not to where a seed redirects', async () => {
    const oracle = await fleet.site({ ...SMALL, hosts: 2 });
    const other = oracle.origins[1] ?? '';
    const seen: [host: string, secret: string | undefined][] = [];
    oracle.set('/entry', (request, response) => {
      seen.push(['seed', request.headers.authorization]);
      response.writeHead(302, { location: `${other}/elsewhere` }).end();
    });
    oracle.set('/elsewhere', (request, response) => {
      seen.push(['other', request.headers.authorization]);
      response.writeHead(200).end();
    });
    const execution = await queueTestExecution(fleet.db, [`${oracle.origin}/entry`], {
      fetch: { headers: { authorization: 'Basic c2VjcmV0' } },
    });
    await crawlToEnd(fleet.db, await fleet.worker(), execution);
    expect(seen).toEqual([
      ['seed', 'Basic c2VjcmV0'],
      ['other', undefined],
    ]);
  });
});
