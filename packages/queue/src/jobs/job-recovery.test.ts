import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, inject, it, vi } from 'vitest';
import { prepareQueueStore } from '../store/prepare-queue-store.js';
import { postgresTestStore, redisTestStore, SILENT, type TestStore } from '../testing/test-stores.js';
import { type JobConsumerOptions, openJobConsumer } from './job-consumer.js';
import { JobInterruption } from './job-interruption.js';
import { openJobProducer } from './job-producer.js';

// Locks last 20 s, so what follows from losing one takes that long. The cases wait side by side.
const servers: TestStore[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.remove()));
});

async function setup(backend: 'redis' | 'postgres', database: number) {
  const server =
    backend === 'redis'
      ? redisTestStore(inject('redisUrl'), database)
      : await postgresTestStore(inject('postgresAdminUrl'));
  servers.push(server);
  const store = await server.fresh();
  await prepareQueueStore(store);
  const consume = (handle: JobConsumerOptions['handle']) =>
    openJobConsumer(store, 'probe', { concurrency: 1, logger: SILENT, startTimeoutMs: 10_000, handle });
  return { server, consume, producer: openJobProducer<string>(store, 'probe', SILENT) };
}

describe.concurrent('a job on its way through trouble', () => {
  it.each([
    ['redis', 11],
    ['postgres', 0],
  ] as const)(
    'is taken over on %s when its consumer is gone without a word',
    async (backend, database) => {
      const { consume, producer } = await setup(backend, database);
      const started: string[] = [];
      const first = await consume(async () => {
        started.push('first');
        await new Promise(() => undefined);
      });
      await producer.add('job_a', 'x');
      await vi.waitFor(() => expect(started).toEqual(['first']), { timeout: 10_000 });
      // Closing without the handler's end leaves the job locked, as a killed process does.
      await first.close({ graceMs: 0 });
      const second = await consume(() => {
        started.push('second');
        return Promise.resolve();
      });
      await vi.waitFor(() => expect(started).toEqual(['first', 'second']), {
        timeout: 45_000,
        interval: 200,
      });
      await vi.waitFor(async () => expect(await producer.depth()).toEqual({ waiting: 0, active: 0 }));
      await Promise.all([second.close({ graceMs: 100 }), producer.close()]);
    },
    70_000,
  );

  it.each([
    ['redis', 12],
    ['postgres', 0],
  ] as const)(
    'tells its handler on %s that its lock is lost',
    async (backend, database) => {
      const { server, consume, producer } = await setup(backend, database);
      const signals: AbortSignal[] = [];
      const consumer = await consume(async (_, signal) => {
        signals.push(signal);
        await sleep(60_000, undefined, { signal }).catch(() => undefined);
      });
      await producer.add('job_b', 'x');
      await vi.waitFor(() => expect(signals).toHaveLength(1), { timeout: 10_000 });
      await server.stealLocks('probe');
      await vi.waitFor(() => expect(signals[0]?.aborted).toBe(true), { timeout: 30_000, interval: 200 });
      expect(signals[0]?.reason).toBeInstanceOf(JobInterruption);
      expect(signals[0]?.reason).toMatchObject({ interruption: 'lock_lost' });
      await Promise.all([consumer.close({ graceMs: 100 }), producer.close()]);
    },
    70_000,
  );
});
