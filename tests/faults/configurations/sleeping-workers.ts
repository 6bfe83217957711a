import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { PlatformProcess } from '../../platform/child-process.js';
import { REPOSITORY } from '../stage/repository.js';
import { LEASE_MS, type Stage } from '../stage/stage.js';
import { BOTH, type Configuration, completes, refusedStaleWrites } from './configuration.js';

/** BullMQ's lock of a job, for which a blocked process does not renew it (see job-consumer.ts). */
const QUEUE_LOCK_MS = 20_000;

/** A program that is loaded before the worker's own. */
const nemesis = (name: string): string[] => [
  '--import',
  `${pathToFileURL(join(REPOSITORY, 'tests/faults/nemesis')).href}/${name}`,
];

/** F05, F06 and F24: workers that are still there, and believe what is no longer so. */
export const SLEEPING_WORKERS: readonly Configuration[] = [
  {
    fault: 'F05',
    name: 'SIGSTOP a worker for two leases, then SIGCONT',
    backends: BOTH,
    limitSeconds: 100,
    inTests: ['postgres'],
    // Long enough that somebody else crawls the lane when its owner wakes: a third worker has nothing else to do.
    plan: { site: { pages: 700, delayMs: 40 } },
    async run(stage) {
      const workers = await stage.startPlatform(3);
      const executionId = await stage.startCrawl();
      await stage.fetchedAtLeast(40 + Math.floor(stage.random() * 60));
      const victim = await stage.busiest(workers);
      process.kill(victim.pid, 'SIGSTOP');
      await sleep(2 * LEASE_MS);
      process.kill(victim.pid, 'SIGCONT');
      await refusedStaleWrites(stage, victim);
      await completes(stage, executionId, 60_000, { refetchesAllowed: 1 });
    },
  },
  {
    fault: 'F06',
    name: 'event loop blocked for two leases',
    backends: BOTH,
    limitSeconds: 100,
    run: (stage) => blocks(stage, 2 * LEASE_MS),
  },
  {
    fault: 'F06',
    name: 'event loop blocked for two queue locks',
    backends: BOTH,
    limitSeconds: 150,
    run: (stage) => blocks(stage, 2 * QUEUE_LOCK_MS),
  },
  ...([3_600_000, -3_600_000] as const).map(
    (offset): Configuration => ({
      fault: 'F24',
      name: `a worker's clock one hour ${offset > 0 ? 'ahead' : 'behind'}, and kill -9`,
      backends: BOTH,
      limitSeconds: 120,
      plan: { site: { pages: 700, delayMs: 40 } },
      run: (stage) => hasWrongClock(stage, offset),
    }),
  ),
];

async function blocks(stage: Stage, milliseconds: number): Promise<void> {
  await Promise.all([stage.start('api'), stage.start('orchestrator')]);
  const blockable = (): Promise<PlatformProcess> =>
    stage.start('worker', { BLOCK_MS: String(milliseconds) }, { nodeOptions: nemesis('blocked-loop.mjs') });
  const workers = await Promise.all([blockable(), blockable()]);
  const executionId = await stage.startCrawl();
  await stage.fetchedAtLeast(60);
  const victim = await stage.busiest(workers);
  process.kill(victim.pid, 'SIGUSR2');
  await sleep(milliseconds);
  await refusedStaleWrites(stage, victim);
  await completes(stage, executionId, 60_000, { refetchesAllowed: 1 });
}

/** Leases run by the database's clock: one that a wrong clock took lapses like any other. */
async function hasWrongClock(stage: Stage, offset: number): Promise<void> {
  await Promise.all([stage.start('api'), stage.start('orchestrator')]);
  const wrong = (): Promise<PlatformProcess> =>
    stage.start('worker', {}, { nodeOptions: nemesis(`shifted-clock.mjs?ms=${offset}`) });
  const workers = await Promise.all([wrong(), wrong()]);
  const executionId = await stage.startCrawl();
  // Long enough that every lease has been renewed, by whatever clock.
  await stage.fetchedAtLeast(60);
  await sleep(LEASE_MS / 2);
  const victim = await stage.busiest(workers);
  process.kill(victim.pid, 'SIGSTOP');
  await sleep(2 * LEASE_MS);
  process.kill(victim.pid, 'SIGCONT');
  await refusedStaleWrites(stage, victim);
  await victim.kill('SIGKILL');
  await completes(stage, executionId, 60_000, { refetchesAllowed: 2 });
}
