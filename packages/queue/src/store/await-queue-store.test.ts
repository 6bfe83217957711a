import type { OutriderError } from '@outrider/shared';
import { describe, expect, inject, it } from 'vitest';
import { openJobConsumer } from '../jobs/job-consumer.js';
import { openJobProducer } from '../jobs/job-producer.js';
import { startRestartableRedis } from '../testing/restartable-redis.js';
import { postgresTestStore, SILENT } from '../testing/test-stores.js';
import { prepareQueueStore } from './prepare-queue-store.js';
import type { QueueStore } from './queue-store.js';

const handled: unknown[] = [];
const open = (store: QueueStore, startTimeoutMs: number) =>
  openJobConsumer(store, 'probe', {
    concurrency: 1,
    logger: SILENT,
    startTimeoutMs,
    handle: (data) => {
      handled.push(data);
      return Promise.resolve();
    },
  });

describe('a consumer that starts before its store', () => {
  it.each([
    { kind: 'redis', url: 'redis://127.0.0.1:1' },
    { kind: 'postgres', url: 'postgres://u@127.0.0.1:1/q', schema: 'bullmq' },
  ] as const)('gives up on $kind after its time', async (store) => {
    const start = performance.now();
    const error = await open(store, 1_500).then(
      () => null,
      (reason: unknown) => reason as OutriderError,
    );
    expect(error?.code).toBe('queue_unavailable');
    expect(performance.now() - start).toBeLessThan(6_000);
  });

  it('waits for Redis to come up', async () => {
    const redis = await startRestartableRedis();
    await redis.kill();
    const opening = open({ kind: 'redis', url: redis.url }, 15_000);
    await redis.start();
    const consumer = await opening;
    const producer = openJobProducer<string>({ kind: 'redis', url: redis.url }, 'probe', SILENT);
    await producer.add('job_a', 'from redis');
    await expect.poll(() => handled, { timeout: 10_000 }).toContain('from redis');
    await Promise.all([consumer.close({ graceMs: 100 }), producer.close()]);
    await redis.kill();
  });

  it('waits for the tables on PostgreSQL', async () => {
    const server = await postgresTestStore(inject('postgresAdminUrl'));
    const store = await server.fresh();
    const opening = open(store, 15_000);
    await prepareQueueStore(store);
    const consumer = await opening;
    const producer = openJobProducer<string>(store, 'probe', SILENT);
    await producer.add('job_a', 'from postgres');
    await expect.poll(() => handled, { timeout: 10_000 }).toContain('from postgres');
    await Promise.all([consumer.close({ graceMs: 100 }), producer.close()]);
    await server.remove();
  });
});
