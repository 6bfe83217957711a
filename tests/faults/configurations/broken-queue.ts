import { setTimeout as sleep } from 'node:timers/promises';
import { isHealthy } from '../recorders/process-metrics.js';
import type { RedisServer } from '../stage/redis-server.js';
import type { Stage } from '../stage/stage.js';
import { type Configuration, completes } from './configuration.js';

/** F15 to F17: Redis is disposable. */
export const BROKEN_QUEUE: readonly Configuration[] = [
  {
    fault: 'F15',
    name: 'Redis killed and started empty',
    backends: ['redis'],
    limitSeconds: 120,
    inTests: ['redis'],
    async run(stage) {
      await stage.startPlatform(1);
      const running = await stage.startCrawl({ lanes: 1 });
      await stage.fetchedAtLeast(60);
      // Waits in the queue alone, since the only worker is busy: its job is lost with Redis.
      const waiting = await stage.startCrawl({ lanes: 1 });
      await redisOf(stage).kill();
      await redisOf(stage).start();
      await completes(stage, running, 60_000, { refetchesAllowed: 1 });
      await completes(stage, waiting, 60_000, { refetchesAllowed: 1 });
    },
  },
  {
    fault: 'F16',
    name: 'Redis kill -9, with a log flushed every second',
    backends: ['redis'],
    limitSeconds: 120,
    plan: { redisKeepsLog: true },
    async run(stage) {
      await stage.startPlatform(2);
      const executionId = await stage.startCrawl();
      for (let round = 0; round < 3; round++) {
        await stage.fetchedAtLeast(40 + 60 * round);
        await redisOf(stage).kill();
        await redisOf(stage).start();
      }
      await completes(stage, executionId, 60_000);
    },
  },
  ...([30, 300] as const).map(
    (seconds): Configuration => ({
      fault: 'F17',
      name: `Redis away for ${seconds} s`,
      backends: ['redis'],
      limitSeconds: seconds + 150,
      ...(seconds === 30 ? { inTests: ['redis'] } : {}),
      run: (stage) => isAway(stage, seconds),
    }),
  ),
];

function redisOf(stage: Stage): RedisServer {
  if (stage.redis === undefined) throw new Error('this configuration needs Redis');
  return stage.redis;
}

async function isAway(stage: Stage, seconds: number): Promise<void> {
  const workers = await stage.startPlatform(2);
  const running = await stage.startCrawl();
  await stage.fetchedAtLeast(60);
  await redisOf(stage).kill();
  // What runs needs no queue.
  await completes(stage, running, 60_000);
  const accepted = await stage.startCrawl();
  await sleep(seconds * 1_000);
  await redisOf(stage).start();
  await completes(stage, accepted, 60_000, { refetchesAllowed: 1 });
  // A worker is well when it has handled a canary job lately.
  const healthy = async (): Promise<boolean> =>
    (await Promise.all(workers.map((worker) => isHealthy(worker)))).every(Boolean);
  const consumes = await stage.until('workers that consume again', healthy, 60_000).then(
    () => true,
    () => false,
  );
  stage.verdicts.expect('every worker handled a canary after Redis came back', consumes);
}
