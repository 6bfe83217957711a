import { type FetchLogEntry, type Oracle, type SitePlan, startOracle } from '@outrider/oracle';
import { hostOf } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { PlatformProcess } from '../platform/child-process.js';
import { createTestPlatform, type TestPlatform } from '../platform/test-platform.js';

const SITE: SitePlan = { seed: 31, pages: 1, linksPerPage: 1, delayMs: 30 };

interface CampaignPlan {
  readonly name: string;
  readonly urls: number;
  readonly lanes: number;
  readonly maxConcurrencyPerHost: number;
  readonly delayMs: number;
}

// I6: what a host was promised, judged by its own log.
describe('three campaigns and four workers on one host', () => {
  let oracle: Oracle;
  let platform: TestPlatform;
  let workers: PlatformProcess[];

  beforeEach(async () => {
    oracle = await startOracle(SITE);
    platform = await createTestPlatform({
      queue: 'postgres',
      postgresAdminUrl: inject('postgresAdminUrl'),
      redisUrl: inject('redisUrl'),
      environment: { OUTRIDER_LANE_LEASE_MS: '3000' },
    });
    const [, , ...started] = await Promise.all([
      platform.start('api'),
      platform.start('orchestrator'),
      ...Array.from({ length: 4 }, () => platform.start('worker')),
    ]);
    workers = started;
  });

  afterEach(async () => {
    await platform.close();
    await oracle.close();
  });

  /** Starts a campaign over URLs of its own on the shared host. Each says who it is as its user agent. */
  async function start(plan: CampaignPlan): Promise<string> {
    const { name, urls, lanes, maxConcurrencyPerHost, delayMs } = plan;
    const seeds = Array.from({ length: urls }, (_, n) => `${oracle.origin}/${name}/${n}`);
    for (const url of seeds) oracle.set(new URL(url).pathname, { body: 'a page' });
    const campaign = await platform.api.call('createCampaign', {
      body: {
        ...{ name, seeds, lanes, mode: 'list' },
        politeness: { maxConcurrencyPerHost, delayMs, userAgent: name },
      },
    });
    const { execution } = await platform.api.call('startCampaign', { params: { id: campaign.id }, body: {} });
    return execution.id;
  }

  /** Kills a worker that crawls this execution. The promises of the others' campaigns hold all the same. */
  async function killWorkerOf(executionId: string): Promise<void> {
    let worker: PlatformProcess | undefined;
    // Between two holders a lane is nobody's for a moment.
    await expect
      .poll(
        async () => {
          const [lane] = await platform.db.system.withSystem(
            (tx) => tx.sql<{ instance_id: string }[]>`
              select instance_id from execution_lanes where execution_id = ${executionId} and status = 'active' limit 1`,
          );
          worker = workers.find(({ facts }) => facts['instanceId'] === lane?.instance_id);
          return worker;
        },
        { timeout: 10_000 },
      )
      .toBeDefined();
    await worker?.kill('SIGKILL');
  }

  async function completed(executionIds: readonly string[], pages: number): Promise<void> {
    const statuses = (): Promise<string[]> =>
      Promise.all(
        executionIds.map(
          async (id) => (await platform.api.call('getExecution', { params: { id } })).status as string,
        ),
      );
    await expect
      .poll(statuses, { timeout: 90_000, interval: 250 })
      .toEqual(executionIds.map(() => 'completed'));
    const fetched = new Set(oracle.fetches().map(({ path }) => path));
    fetched.delete('/robots.txt');
    expect(fetched.size).toBe(pages);
  }

  const fetchesOf = (name: string): FetchLogEntry[] =>
    oracle.fetches().filter(({ userAgent }) => userAgent === name);

  /** All fetches from the first to the last of one campaign. */
  function during(name: string): FetchLogEntry[] {
    const own = fetchesOf(name);
    const [first, last] = [own[0]?.at ?? 0, own.at(-1)?.at ?? 0];
    return oracle.fetches().filter(({ at }) => at >= first && at <= last);
  }

  it('never have more fetches in flight than the most modest allows, also when a worker is killed', {
    timeout: 150_000,
  }, async () => {
    const ids = await Promise.all([
      start({ name: 'even', urls: 150, lanes: 1, maxConcurrencyPerHost: 4, delayMs: 0 }),
      start({ name: 'modest', urls: 250, lanes: 1, maxConcurrencyPerHost: 2, delayMs: 0 }),
    ]);
    await expect.poll(() => fetchesOf('modest').length, { timeout: 60_000 }).toBeGreaterThan(0);
    // The fastest last, or it is over before the others have begun.
    const wide = await start({ name: 'wide', urls: 600, lanes: 2, maxConcurrencyPerHost: 6, delayMs: 0 });
    await expect.poll(() => fetchesOf('wide').length, { timeout: 60_000 }).toBeGreaterThan(5);
    const hosts = await platform.api.call('listHosts');
    expect(hosts.items).toMatchObject([{ host: hostOf(oracle.seedUrl), limit: 2, cause: 'unpaced' }]);
    expect(hosts.items[0]?.lanes.map((lane) => lane.campaignName)).toContain('modest');
    await killWorkerOf(wide);
    await completed([...ids, wide], 1_000);
    expect(oracle.maxConcurrency()).toBeLessThanOrEqual(6);
    expect(Math.max(...during('modest').map((one) => one.concurrencyAtStart))).toBeLessThanOrEqual(2);
    expect(Math.max(...during('even').map((one) => one.concurrencyAtStart))).toBeLessThanOrEqual(4);
  });

  it('keep the slowest pace that any of them wants, also when a worker is killed', {
    timeout: 150_000,
  }, async () => {
    const ids = await Promise.all([
      start({ name: 'slow', urls: 30, lanes: 1, maxConcurrencyPerHost: 4, delayMs: 200 }),
      start({ name: 'brisk', urls: 40, lanes: 2, maxConcurrencyPerHost: 4, delayMs: 50 }),
      start({ name: 'fast', urls: 40, lanes: 1, maxConcurrencyPerHost: 4, delayMs: 0 }),
    ]);
    await expect.poll(() => fetchesOf('slow').length, { timeout: 60_000 }).toBeGreaterThan(10);
    const [host] = (await platform.api.call('listHosts')).items;
    expect(host).toMatchObject({ paceMs: 200, cause: 'campaign_delay' });
    await killWorkerOf(ids[1]);
    await completed(ids, 110);
    const at = during('slow').map((one) => one.at);
    // A start may come late by a quarter of a second and then seem near the next one; over ten it shows no more.
    const spans = at.slice(10).map((moment, n) => moment - (at[n] ?? 0));
    expect(Math.min(...spans)).toBeGreaterThan(10 * 200 - 700);
  });
});
