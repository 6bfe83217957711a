import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { openJobProducer } from '../jobs/job-producer.js';
import { prepareQueueStore } from '../store/prepare-queue-store.js';
import type { QueueStore } from '../store/queue-store.js';
import { startRestartableRedis } from '../testing/restartable-redis.js';
import { postgresTestStore, redisTestStore, SILENT } from '../testing/test-stores.js';
import {
  type ConsumerHealth,
  type ConsumerHealthOptions,
  openConsumerHealth,
  type QueueHealth,
} from './consumer-health.js';

const PERIOD = 200;
const IDLE: ConsumerHealthOptions['consumer'] = { active: 0, started: 0, paused: false };

const opened: ConsumerHealth[] = [];
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((health) => health.close()));
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function watch(store: QueueStore, options: Partial<ConsumerHealthOptions> = {}) {
  const seen: QueueHealth[] = [];
  const health = await openConsumerHealth({
    store,
    consumer: IDLE,
    concurrency: 1,
    logger: SILENT,
    startTimeoutMs: 10_000,
    onHealth: (report) => seen.push(report),
    periodMs: PERIOD,
    ...options,
  });
  opened.push(health);
  return { health, seen };
}

const alive = (health: ConsumerHealth, expected: boolean, timeout = 20_000) =>
  vi.waitFor(() => expect(health.read().alive).toBe(expected), { timeout, interval: 50 });

async function freshStore(backend: 'redis' | 'postgres'): Promise<QueueStore> {
  const server =
    backend === 'redis'
      ? redisTestStore(inject('redisUrl'), 10)
      : await postgresTestStore(inject('postgresAdminUrl'));
  cleanups.push(() => server.remove());
  const store = await server.fresh();
  await prepareQueueStore(store);
  return store;
}

describe.each(['redis', 'postgres'] as const)('the health of a consumer on %s', (backend) => {
  it('is proven by canaries that keep coming', async () => {
    const { health, seen } = await watch(await freshStore(backend));
    await new Promise((resolve) => setTimeout(resolve, PERIOD * 10));
    expect(health.read().alive).toBe(true);
    expect(health.read().canaryAgeMs).toBeLessThan(PERIOD * 6);
    expect(seen).toEqual([]);
  });

  it('is proven for each of three consumers that share the canaries', async () => {
    const store = await freshStore(backend);
    const watches = [await watch(store), await watch(store), await watch(store)];
    for (let look = 0; look < 10; look++) {
      await new Promise((resolve) => setTimeout(resolve, PERIOD));
      for (const { health } of watches) expect(health.read().alive).toBe(true);
    }
  });
});

describe('the health of a consumer', () => {
  it('ends with its Redis and returns with it, empty as it comes back', async () => {
    const redis = await startRestartableRedis();
    cleanups.push(() => redis.kill());
    const { health, seen } = await watch({ kind: 'redis', url: redis.url });
    await redis.kill();
    await alive(health, false);
    // Seen too: the watch looks from time to time, and the store must not be back before it has.
    await vi.waitFor(() => expect(seen.map((report) => report.alive)).toEqual([false]), { timeout: 10_000 });
    await redis.start();
    await alive(health, true);
    await vi.waitFor(() => expect(seen.map((report) => report.alive)).toEqual([false, true]), {
      timeout: 10_000,
    });
  }, 60_000);

  it('ends with its PostgreSQL and returns with it', async () => {
    const server = await postgresTestStore(inject('postgresAdminUrl'));
    cleanups.push(() => server.remove());
    const store = await server.fresh();
    await prepareQueueStore(store);
    const { health, seen } = await watch(store);
    await server.allowConnections(false);
    await server.cutConnections();
    await alive(health, false);
    await vi.waitFor(() => expect(seen.map((report) => report.alive)).toEqual([false]), { timeout: 10_000 });
    await server.allowConnections(true);
    await alive(health, true);
    await vi.waitFor(() => expect(seen.map((report) => report.alive)).toEqual([false, true]), {
      timeout: 10_000,
    });
  }, 60_000);

  it('ends when lanes wait and it has room but takes none', async () => {
    const store = await freshStore('redis');
    const lanes = openJobProducer<object>(store, 'lanes', SILENT);
    await lanes.add('lane_x_1', {});
    const { health } = await watch(store);
    const busy = await watch(store, { consumer: { active: 1, started: 1, paused: false } });
    const paused = await watch(store, { consumer: { active: 0, started: 0, paused: true } });
    await alive(health, false);
    expect(health.read().starvingMs).toBeGreaterThanOrEqual(PERIOD * 6);
    expect(busy.health.read().alive).toBe(true);
    expect(paused.health.read().alive).toBe(true);
    await lanes.close();
  });
});
