import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { OutriderError } from '@outrider/shared';
import { describe, expect, inject, it } from 'vitest';
import { openJobConsumer } from '../jobs/job-consumer.js';
import { openJobProducer } from '../jobs/job-producer.js';
import { startRestartableRedis } from '../testing/restartable-redis.js';
import { postgresTestStore, SILENT } from '../testing/test-stores.js';
import { prepareQueueStore } from './prepare-queue-store.js';

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'ok',
    (error: unknown) => (error as OutriderError).code,
  );
}

/** Speaks just enough of Redis' protocol to say which version it is. */
async function serverOfVersion(version: string) {
  const info = `redis_version:${version}\r\nmaxmemory_policy:noeviction\r\n`;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const commands = data.toString().match(/\$\d+\r\n(info|client|hello|ping|select)/gi) ?? [];
      for (const command of commands) {
        if (/info/i.test(command)) socket.write(`$${info.length}\r\n${info}\r\n`);
        else if (/client|ping|select/i.test(command)) socket.write('+OK\r\n');
        else socket.write('-ERR unknown command\r\n');
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

describe('preparing a Redis', () => {
  it.each(['allkeys-lru', 'volatile-lru', 'volatile-ttl'])(
    'refuses the eviction policy %s',
    async (policy) => {
      const redis = await startRestartableRedis('--maxmemory-policy', policy);
      try {
        const store = { kind: 'redis', url: redis.url } as const;
        expect(await codeOf(prepareQueueStore(store))).toBe('unsafe_queue_store');
        const consumer = openJobConsumer(store, 'probe', {
          concurrency: 1,
          logger: SILENT,
          startTimeoutMs: 5_000,
          handle: () => Promise.resolve(),
        });
        expect(await codeOf(consumer)).toBe('unsafe_queue_store');
      } finally {
        await redis.kill();
      }
    },
  );

  it('accepts one that evicts nothing', async () => {
    expect(await codeOf(prepareQueueStore({ kind: 'redis', url: inject('redisUrl') }))).toBe('ok');
  });

  it.each([
    ['5.0.14', 'unsafe_queue_store'],
    ['6.0.20', 'unsafe_queue_store'],
    ['6.2.0', 'ok'],
    ['7.4.1', 'ok'],
    ['10.0.0', 'ok'],
  ])('says of version %s: %s', async (version, verdict) => {
    const server = await serverOfVersion(version);
    try {
      expect(await codeOf(prepareQueueStore({ kind: 'redis', url: server.url }))).toBe(verdict);
    } finally {
      server.close();
    }
  });

  it('says that a Redis which is not there is unavailable', async () => {
    expect(await codeOf(prepareQueueStore({ kind: 'redis', url: 'redis://127.0.0.1:1' }))).toBe(
      'queue_unavailable',
    );
  });
});

describe('preparing a PostgreSQL', () => {
  it('says that a server which is not there is unavailable', async () => {
    const store = { kind: 'postgres', url: 'postgres://u@127.0.0.1:1/q', schema: 'bullmq' } as const;
    expect(await codeOf(prepareQueueStore(store))).toBe('queue_unavailable');
  });

  it('keeps what is in the URL beside the schema', async () => {
    const server = await postgresTestStore(inject('postgresAdminUrl'));
    try {
      const store = await server.fresh();
      if (store.kind !== 'postgres') throw new Error('not PostgreSQL');
      const url = `${store.url}?options=-c%20work_mem%3D8MB&application_name=mine`;
      await prepareQueueStore({ ...store, url });
      const producer = openJobProducer<string>({ ...store, url }, 'probe', SILENT);
      await producer.add('job_a', 'x');
      expect(await producer.depth()).toEqual({ waiting: 1, active: 0 });
      await producer.close();
    } finally {
      await server.remove();
    }
  });

  it('keeps the queues of two schemas apart', async () => {
    const server = await postgresTestStore(inject('postgresAdminUrl'));
    try {
      const stores = [await server.fresh(), await server.fresh()];
      for (const store of stores) await prepareQueueStore(store);
      const producers = stores.map((store) => openJobProducer<string>(store, 'probe', SILENT));
      await producers[0]?.add('job_a', 'x');
      expect(await producers[0]?.depth()).toEqual({ waiting: 1, active: 0 });
      expect(await producers[1]?.depth()).toEqual({ waiting: 0, active: 0 });
      await Promise.all(producers.map((producer) => producer.close()));
    } finally {
      await server.remove();
    }
  });
});
