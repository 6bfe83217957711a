import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Oracle, startOracle } from '@outrider/oracle';
import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { expectIntact } from '../faults/checkers/expect-intact.js';
import type { PlatformProcess } from '../platform/child-process.js';
import { createTestPlatform, type TestPlatform } from '../platform/test-platform.js';

// The topology of docker-compose.yml as plain processes: one API, two orchestrators, two workers, and a
// PostgreSQL and a Redis that are none of theirs.
describe('the platform on many machines', () => {
  let oracle: Oracle;
  let platform: TestPlatform;

  beforeEach(async () => {
    oracle = await startOracle({
      seed: 5,
      pages: 600,
      linksPerPage: 8,
      delayMs: 2,
      plant: { notFound: 12, redirects: 8, outOfScope: 9, robotsTxt: 'User-agent: *\nDisallow: /docs/*/3\n' },
    });
    platform = await createTestPlatform({
      queue: 'redis',
      postgresAdminUrl: inject('postgresAdminUrl'),
      redisUrl: inject('redisUrl'),
    });
  });

  afterEach(async () => {
    await platform.close();
    await oracle.close();
  });

  async function startAll(): Promise<PlatformProcess[]> {
    return Promise.all([
      platform.start('api'),
      platform.start('orchestrator'),
      platform.start('orchestrator'),
      platform.start('worker'),
      platform.start('worker'),
    ]);
  }

  it('crawls with two workers what one would, and every process tells Prometheus how', {
    timeout: 120_000,
  }, async () => {
    const processes = await startAll();
    const campaign = await platform.api.call('createCampaign', {
      body: { name: 'spread', seeds: [oracle.seedUrl], lanes: 2, politeness: { maxConcurrencyPerHost: 6 } },
    });
    const { execution } = await platform.api.call('startCampaign', { params: { id: campaign.id }, body: {} });
    const read = () => platform.api.call('getExecution', { params: { id: execution.id } });
    await expect
      .poll(async () => (await read()).status, { timeout: 60_000, interval: 200 })
      .toBe('completed');

    const done = await read();
    expect(done.pagesCrawled).toBe(oracle.expected.fetched);
    expect(done.crawlersUsed).toBe(2);
    await expectIntact({
      ...{ db: platform.db, oracle, executionId: execution.id },
      ...{ refetchesAllowed: 0, maxConcurrency: 6 },
    });
    const { receipt } = await platform.api.call('getCoverage', { params: { id: execution.id } });
    expect(receipt).toMatchObject({
      balanced: true,
      fetched: oracle.expected.fetched,
      skippedByReason: {
        out_of_scope: oracle.expected.outOfScopeUrls.size,
        robots_txt: oracle.expected.blockedByRobots.size,
      },
    });
    const { items } = await platform.api.call('listInstances');
    expect(items.filter(({ state }) => state !== 'gone')).toHaveLength(2);

    for (const one of processes) await expectValidMetrics(one);
  });
});

/** The process's own output, judged by Prometheus's own checker. */
async function expectValidMetrics({ name, facts }: PlatformProcess): Promise<void> {
  const port = name === 'api' ? facts['port'] : facts['metricsPort'];
  const answer = await request(`http://127.0.0.1:${String(port)}/metrics`);
  const text = await answer.body.text();
  expect(text).toContain('outrider_build_info');
  const check = promisify(execFile)('promtool', ['check', 'metrics']);
  check.child.stdin?.end(text);
  expect(await check).toEqual({ stdout: '', stderr: '' });
}
