import { setTimeout as sleep } from 'node:timers/promises';
import type { PlatformProcess } from '../../platform/child-process.js';
import type { NetworkLink } from '../nemesis/network-link.js';
import { LEASE_MS, type Stage } from '../stage/stage.js';
import { BOTH, type Configuration, completes, refusedStaleWrites } from './configuration.js';

/** Somebody else crawls the lane when its owner is back: the crawl goes on, and a third worker has nothing else to do. */
const LONG = { site: { pages: 800, delayMs: 40 } };

/** F19 to F21: what can happen between a process and PostgreSQL. */
export const BROKEN_NETWORK: readonly Configuration[] = [
  {
    fault: 'F19',
    name: 'a worker whose packets are held for two leases',
    backends: BOTH,
    limitSeconds: 100,
    inTests: ['redis'],
    plan: LONG,
    run: (stage) => isCutOff(stage, (link) => link.hold()),
  },
  {
    fault: 'F19',
    name: 'a worker whose connections to PostgreSQL are refused for two leases',
    backends: BOTH,
    limitSeconds: 100,
    plan: LONG,
    run: (stage) => isCutOff(stage, (link) => link.cut()),
  },
  {
    fault: 'F20',
    name: '500 ms to the stores and back for all',
    backends: BOTH,
    limitSeconds: 400,
    async run(stage) {
      const postgres = await stage.linkToPostgres();
      const redis = await stage.linkToRedis();
      const links = [postgres.link, ...(redis === null ? [] : [redis.link])];
      await startAll(stage, { ...postgres.environment, ...redis?.environment });
      const executionId = await stage.startCrawl();
      await stage.fetchedAtLeast(40);
      for (const link of links) link.slowDown(250);
      await sleep(60_000);
      stage.verdicts.expect('it went on, if slower', (await stage.count('lane.lost')) === 0);
      for (const link of links) link.heal();
      await completes(stage, executionId, 120_000);
    },
    plan: { site: { pages: 1_500, delayMs: 120 }, environment: { OUTRIDER_LANE_LEASE_MS: '15000' } },
  },
  {
    fault: 'F21',
    name: 'connection reset after COMMIT, before its answer',
    backends: BOTH,
    limitSeconds: 120,
    inTests: ['postgres'],
    async run(stage) {
      const { link, environment } = await stage.linkToPostgres();
      await startAll(stage, environment);
      const executionId = await stage.startCrawl();
      await stage.fetchedAtLeast(20);
      link.breakCommits(5);
      await stage.until('ten commits whose answer was lost', () => link.brokenCommits() >= 10);
      link.heal();
      // Claims are commits too: what one brought whose answer was lost is claimed again once its lane is given up.
      await completes(stage, executionId, 60_000, { refetchesAllowed: 1 });
      stage.verdicts.expect('commits lost their answer', link.brokenCommits() >= 10);
    },
  },
];

async function startAll(stage: Stage, environment: Record<string, string>): Promise<void> {
  await Promise.all([
    stage.start('api'),
    stage.start('orchestrator', environment),
    stage.start('worker', environment),
    stage.start('worker', environment),
  ]);
}

async function isCutOff(stage: Stage, cut: (link: NetworkLink) => void): Promise<void> {
  await Promise.all([stage.start('api'), stage.start('orchestrator')]);
  const connected = async (): Promise<{ worker: PlatformProcess; link: NetworkLink }> => {
    const { link, environment } = await stage.linkToPostgres();
    return { worker: await stage.start('worker', environment), link };
  };
  const all = await Promise.all([connected(), connected(), connected()]);
  const executionId = await stage.startCrawl();
  await stage.fetchedAtLeast(40 + Math.floor(stage.random() * 60));
  const victim = await stage.busiest(all.map(({ worker }) => worker));
  const link = all.find(({ worker }) => worker === victim)?.link;
  if (link === undefined) throw new Error('no link');
  cut(link);
  await sleep(2 * LEASE_MS);
  link.heal();
  await refusedStaleWrites(stage, victim);
  await completes(stage, executionId, 60_000, { refetchesAllowed: 1 });
}
