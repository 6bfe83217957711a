import { type Oracle, type SitePlan, startOracle } from '@outrider/oracle';
import { openLaneQueue } from '@outrider/queue';
import { createLogger } from '@outrider/telemetry';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { UnexpectedAnswer } from '../platform/api-client.js';
import { createTestPlatform, QUEUE_BACKENDS, type TestPlatform } from '../platform/test-platform.js';
import { checkAll } from './checkers.js';

const SITE: SitePlan = {
  seed: 20,
  pages: 400,
  linksPerPage: 6,
  delayMs: 8,
  plant: { notFound: 10, redirects: 10, outOfScope: 10 },
};
const CONCURRENCY = 4;

describe.each(QUEUE_BACKENDS)('on %s', (queue) => {
  let oracle: Oracle;
  let platform: TestPlatform;

  beforeEach(async () => {
    oracle = await startOracle(SITE);
    platform = await createTestPlatform({
      queue,
      postgresAdminUrl: inject('postgresAdminUrl'),
      redisUrl: inject('redisUrl'),
    });
  });

  afterEach(async () => {
    await platform.close();
    await oracle.close();
  });

  async function createCampaign(lanes = 2): Promise<string> {
    const campaign = await platform.api.call('createCampaign', {
      body: {
        name: 'fault',
        seeds: [oracle.seedUrl],
        lanes,
        politeness: { maxConcurrencyPerHost: CONCURRENCY },
      },
    });
    return campaign.id;
  }

  async function start(campaignId: string, headers: Record<string, string> = {}): Promise<string> {
    const { execution } = await platform.api.call('startCampaign', {
      params: { id: campaignId },
      body: {},
      headers,
    });
    return execution.id;
  }

  async function ended(executionId: string, withinMs: number): Promise<string> {
    const read = async (): Promise<string> =>
      (await platform.api.call('getExecution', { params: { id: executionId } })).status;
    await expect
      .poll(read, { timeout: withinMs, interval: 200 })
      .toMatch(/completed|failed|stopped|cancelled/);
    return read();
  }

  async function fetchedAtLeast(pages: number): Promise<void> {
    await expect
      .poll(() => oracle.fetches().length, { timeout: 30_000, interval: 20 })
      .toBeGreaterThan(pages);
  }

  /** The worker with the most URLs leased right now. */
  async function busiestWorker(executionId: string): Promise<string | undefined> {
    const [row] = await platform.db.system.withSystem(
      (tx) => tx.sql<{ instance_id: string }[]>`
        select lane.instance_id from crawl_targets target join execution_lanes lane on lane.id = target.lane_id
        where target.execution_id = ${executionId} and target.state = 'leased'
        group by 1 order by count(*) desc limit 1`,
    );
    return row?.instance_id;
  }

  it('F01: a worker killed in mid-batch costs no URL and doubles none', { timeout: 120_000 }, async () => {
    const [, , ...workers] = await Promise.all([
      platform.start('api'),
      platform.start('orchestrator'),
      platform.start('worker'),
      platform.start('worker'),
    ]);
    const executionId = await start(await createCampaign());
    await fetchedAtLeast(60);
    const busy = await busiestWorker(executionId);
    await workers.find(({ facts }) => facts['instanceId'] === busy)?.kill('SIGKILL');
    expect(await ended(executionId, 60_000)).toBe('completed');
    await checkAll({ db: platform.db, oracle, executionId, refetchesAllowed: 1 }, CONCURRENCY);
    const [lost] = await platform.db.system.withSystem(
      (tx) =>
        tx.sql<{ n: number }[]>`select count(*)::int as n from event_stream where event_type = 'lane.lost'`,
    );
    expect(lost?.n, 'the reconciler took the lanes of the dead worker').toBeGreaterThan(0);
  });

  it.each(['after_claim', 'before_commit', 'after_commit'] as const)(
    'F01: a worker that dies %s costs no URL and doubles none',
    { timeout: 120_000 },
    async (point) => {
      const [, , victim] = await Promise.all([
        platform.start('api'),
        platform.start('orchestrator'),
        platform.start('worker', { OUTRIDER_CRASH_AT: `${point}:4` }),
      ]);
      const executionId = await start(await createCampaign(1));
      expect(await victim.ended, 'the worker was killed by its crash point').toBeNull();
      await platform.start('worker');
      expect(await ended(executionId, 60_000)).toBe('completed');
      await checkAll({ db: platform.db, oracle, executionId, refetchesAllowed: 1 }, CONCURRENCY);
    },
  );

  it('F01: a worker killed while it reads a sitemap costs no URL of it and doubles none', {
    timeout: 120_000,
  }, async () => {
    const urls = oracle.urlsOf('page');
    const repeated = Array.from({ length: 3_000 }, (_, n) => urls[n % urls.length]);
    const sitemap = `<urlset>${repeated.map((url) => `<url><loc>${url}</loc></url>`).join('')}</urlset>`;
    let requests = 0;
    oracle.set('/named.xml', (_request, response) => {
      requests += 1;
      response.writeHead(200, { 'content-type': 'application/xml' });
      // The first reader gets most of it, and waits for the rest until it dies.
      if (requests === 1) response.write(sitemap.slice(0, -20));
      else response.end(sitemap);
    });
    const [, , ...workers] = await Promise.all([
      platform.start('api'),
      platform.start('orchestrator'),
      platform.start('worker'),
      platform.start('worker'),
    ]);
    const { id } = await platform.api.call('createCampaign', {
      body: {
        ...{ name: 'fault', seeds: [oracle.seedUrl], lanes: 2, mode: 'sitemap' },
        politeness: { maxConcurrencyPerHost: CONCURRENCY },
        sitemaps: { urls: [`${oracle.origin}/named.xml`] },
      },
    });
    const executionId = await start(id);
    const reader = async (): Promise<string | undefined> => {
      const [row] = await platform.db.system.withSystem(
        (tx) => tx.sql<{ instance_id: string }[]>`
          select lane.instance_id from execution_sitemaps file join execution_lanes lane on lane.id = file.lane_id
          where file.execution_id = ${executionId} and file.state = 'reading'`,
      );
      return requests === 1 ? row?.instance_id : undefined;
    };
    await expect.poll(reader, { timeout: 30_000, interval: 20 }).toBeDefined();
    const victim = await reader();
    await workers.find(({ facts }) => facts['instanceId'] === victim)?.kill('SIGKILL');
    expect(await ended(executionId, 60_000)).toBe('completed');
    const { items } = await platform.api.call('listSitemaps', { params: { id: executionId }, query: {} });
    expect(items).toMatchObject([
      {
        state: 'read',
        attempts: 1,
        entries: 3_000,
        urlsInScope: urls.length,
        dropped: { duplicate: 3_000 - urls.length },
      },
    ]);
    const [counts] = await platform.db.system.withSystem(
      (tx) => tx.sql<object[]>`
        select (select count(*)::int from sitemap_urls where execution_id = execution.id) as named,
          (select count(*)::int from url_discovery_log where execution_id = execution.id and should_crawl) as to_crawl,
          pages_crawled::int as fetched, error_log as problems
        from campaign_executions execution where id = ${executionId}`,
    );
    const crawled = urls.length;
    expect(counts).toEqual({ named: crawled, to_crawl: crawled, fetched: crawled, problems: null });
  });

  it('F08: an API killed between commit and enqueue leaves an execution that runs', {
    timeout: 90_000,
  }, async () => {
    const [api] = await Promise.all([
      platform.start('api', { OUTRIDER_CRASH_AT: 'before_enqueue' }),
      platform.start('orchestrator'),
      platform.start('worker'),
    ]);
    const campaignId = await createCampaign();
    await expect(start(campaignId)).rejects.toThrow();
    expect(await api.ended).toBeNull();
    platform.useApi(await platform.start('api'));
    const { items } = await platform.api.call('listExecutions', { params: { id: campaignId } });
    expect(items, 'the execution was committed').toHaveLength(1);
    const executionId = items[0]?.id ?? '';
    await expect.poll(() => oracle.fetches().length, { timeout: 15_000 }).toBeGreaterThan(0);
    expect(await ended(executionId, 60_000)).toBe('completed');
    await checkAll({ db: platform.db, oracle, executionId, refetchesAllowed: 0 }, CONCURRENCY);
  });

  it('F25: a lane job delivered to two workers is crawled by one', { timeout: 90_000 }, async () => {
    await Promise.all([
      platform.start('api'),
      platform.start('orchestrator'),
      platform.start('worker'),
      platform.start('worker'),
    ]);
    const executionId = await start(await createCampaign());
    await fetchedAtLeast(20);
    const doubled = openLaneQueue(platform.queueStore, {
      logger: createLogger({ name: 'test', level: 'error' }),
    });
    try {
      const lanes = await platform.db.system.withSystem(
        (tx) =>
          tx.sql<
            { id: string; epoch: number }[]
          >`select id, epoch from execution_lanes where execution_id = ${executionId}`,
      );
      for (let round = 0; round < 5; round++) {
        // The same offers again, and offers from the past and the future: only the ledger decides.
        for (const { id, epoch } of lanes) {
          await doubled.offer({ laneId: id, epoch });
          await doubled.offer({ laneId: id, epoch: epoch + 1 + round });
        }
      }
    } finally {
      await doubled.close();
    }
    expect(await ended(executionId, 60_000)).toBe('completed');
    await checkAll({ db: platform.db, oracle, executionId, refetchesAllowed: 0 }, CONCURRENCY);
  });

  it('F25: the same POST twice starts one execution', { timeout: 90_000 }, async () => {
    await Promise.all([platform.start('api'), platform.start('orchestrator'), platform.start('worker')]);
    const campaignId = await createCampaign();
    const key = { 'idempotency-key': 'start-once' };
    const first = await start(campaignId, key);
    expect(await start(campaignId, key)).toBe(first);
    await expect(start(campaignId)).rejects.toThrow(UnexpectedAnswer);
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => start(campaignId, key)));
    for (const result of results) {
      if (result.status === 'fulfilled') expect(result.value).toBe(first);
    }
    const { items } = await platform.api.call('listExecutions', { params: { id: campaignId } });
    expect(items).toHaveLength(1);
    expect(await ended(first, 60_000)).toBe('completed');
    await checkAll({ db: platform.db, oracle, executionId: first, refetchesAllowed: 0 }, CONCURRENCY);
  });
});
