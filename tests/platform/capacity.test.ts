import { type Oracle, startOracle } from '@outrider/oracle';
import { LANE_CLASSES, type LaneClass } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { createTestPlatform, type TestPlatform } from './test-platform.js';

const WORKERS = 4;
const LANES_PER_WORKER = 4;

interface RunFigures {
  readonly id: string;
  readonly status: string;
  readonly priority: LaneClass;
  readonly wait_seconds: number | null;
  readonly balanced: boolean | null;
  readonly fetched: number | null;
}

describe('four workers with four lanes each', () => {
  let platform: TestPlatform;
  const sites: Oracle[] = [];

  beforeEach(async () => {
    platform = await createTestPlatform({
      queue: 'postgres',
      postgresAdminUrl: inject('postgresAdminUrl'),
      redisUrl: inject('redisUrl'),
      environment: { OUTRIDER_WORKER_LANES: String(LANES_PER_WORKER), LOG_LEVEL: 'warn' },
    });
    await Promise.all([
      platform.start('api'),
      platform.start('orchestrator'),
      ...Array.from({ length: WORKERS }, () => platform.start('worker')),
    ]);
  });
  afterEach(async () => {
    await platform.close();
    await Promise.all(sites.splice(0).map((site) => site.close()));
  });

  async function site(plan: Parameters<typeof startOracle>[0]): Promise<Oracle> {
    const oracle = await startOracle(plan);
    sites.push(oracle);
    return oracle;
  }

  async function create(
    origin: string,
    config: { lanes?: number; priority?: LaneClass } = {},
  ): Promise<string> {
    const body = { name: origin, seeds: [`${origin}/`], ...config };
    return (await platform.api.call('createCampaign', { body })).id;
  }

  async function start(campaignId: string): Promise<string> {
    const { execution } = await platform.api.call('startCampaign', { params: { id: campaignId }, body: {} });
    return execution.id;
  }

  const figures = (): Promise<RunFigures[]> =>
    platform.db.system.withSystem(
      (tx) => tx.sql<RunFigures[]>`
        select id, status, priority, extract(epoch from started_at - created_at)::float8 as wait_seconds,
          (result_summary #>> '{receipt,balanced}')::boolean as balanced,
          (result_summary #>> '{receipt,fetched}')::int as fetched
        from campaign_executions order by id`,
    );

  const activeLanes = async (executionId: string): Promise<number> => {
    const { lanes } = await platform.api.call('getExecution', { params: { id: executionId } });
    return lanes.filter(({ status }) => status === 'active').length;
  };

  it('finish 200 executions that start at once: all balance, all workers work, and none starves', {
    timeout: 300_000,
  }, async () => {
    const oracle = await site({ seed: 3, pages: 6, linksPerPage: 3, hosts: 200, delayMs: 10 });
    const campaigns: string[] = [];
    for (const [n, origin] of oracle.origins.entries()) {
      campaigns.push(await create(origin, { priority: LANE_CLASSES[n % LANE_CLASSES.length] ?? 'normal' }));
    }
    const begun = performance.now();
    await Promise.all(campaigns.map(start));
    const { items } = await platform.api.call('listQueue', { query: { limit: '1000' } });
    expect(items.map(({ position }) => position)).toEqual(items.map((_, n) => n + 1));
    // Workers may not have taken all the lanes that they have room for yet.
    const reasons = items.slice(WORKERS * LANES_PER_WORKER).map(({ reason }) => reason);
    expect(new Set(reasons)).toEqual(new Set(['capacity']));
    expect(items.every(({ estimatedSeconds }) => estimatedSeconds !== null)).toBe(true);
    const open = async (): Promise<number> =>
      (await figures()).filter(({ status }) => status !== 'completed').length;
    await expect.poll(open, { timeout: 240_000, interval: 500 }).toBe(0);
    const seconds = (performance.now() - begun) / 1_000;
    const runs = await figures();
    expect(runs).toHaveLength(200);
    expect(runs.every(({ balanced, fetched }) => balanced === true && fetched === 6)).toBe(true);
    const longest = Object.fromEntries(
      LANE_CLASSES.map((name) => [
        name,
        Math.max(
          ...runs.filter(({ priority }) => priority === name).map((run) => run.wait_seconds ?? Number.NaN),
        ),
      ]),
    );
    const shares = await platform.db.system.withSystem(
      (tx) => tx.sql<{ lanes: number }[]>`
        select count(*)::int as lanes from event_stream where event_type = 'lane.leased' group by payload ->> 'instanceId'`,
    );
    process.stdout.write(
      `200 executions over 4 workers in ${seconds.toFixed(1)} s; longest wait by class: ${JSON.stringify(longest)}; ` +
        `lanes by worker: ${shares.map(({ lanes }) => lanes).join(', ')}\n`,
    );
    expect(longest['urgent']).toBeLessThan(longest['backfill'] ?? 0);
    expect(shares).toHaveLength(WORKERS);
    for (const { lanes } of shares) expect(lanes).toBeGreaterThan(20);
  });

  it('let each of 20 small campaigns begin within seconds beside one of 16 lanes that has all of them', {
    timeout: 180_000,
  }, async () => {
    const large = await site({ seed: 4, pages: 20_000, linksPerPage: 10, delayMs: 30 });
    const small = await site({ seed: 5, pages: 6, linksPerPage: 3, hosts: 20, delayMs: 10 });
    const campaigns = [];
    for (const origin of small.origins) campaigns.push(await create(origin));
    const largeId = await start(await create(large.origin, { lanes: 16 }));
    await expect.poll(() => activeLanes(largeId), { timeout: 30_000, interval: 200 }).toBe(16);
    const ids = await Promise.all(campaigns.map(start));
    const open = async (): Promise<number> =>
      (await figures()).filter(({ id, status }) => ids.includes(id) && status !== 'completed').length;
    await expect.poll(open, { timeout: 90_000, interval: 200 }).toBe(0);
    const waits = (await figures())
      .filter(({ id }) => ids.includes(id))
      .map((run) => run.wait_seconds ?? Number.NaN);
    process.stdout.write(
      `20 small campaigns beside one of 16 lanes: the longest wait was ${Math.max(...waits).toFixed(1)} s\n`,
    );
    expect(Math.max(...waits)).toBeLessThan(20);
    expect((await platform.api.call('getExecution', { params: { id: largeId } })).status).toBe('running');
    // What made room comes back once nobody else wants it.
    await expect.poll(() => activeLanes(largeId), { timeout: 30_000, interval: 200 }).toBe(16);
    await platform.api.call('stopExecution', { params: { id: largeId }, body: {} });
  });
});
