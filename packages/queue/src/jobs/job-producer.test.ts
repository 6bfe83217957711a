import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { OutriderError } from '@outrider/shared';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { QueueStore } from '../store/queue-store.js';
import { startRestartableRedis } from '../testing/restartable-redis.js';
import { SILENT } from '../testing/test-stores.js';
import { openJobProducer } from './job-producer.js';

const sockets = new Set<Socket>();
const servers: Server[] = [];
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
  sockets.clear();
});

/** A server that accepts connections and never says a word. */
async function silentPort(): Promise<number> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.resume();
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const storeAt = (kind: QueueStore['kind'], port: number): QueueStore =>
  kind === 'redis'
    ? { kind, url: `redis://127.0.0.1:${port}` }
    : { kind, url: `postgres://u:secret@127.0.0.1:${port}/q`, schema: 'bullmq' };

async function failureOf(work: Promise<unknown>): Promise<{ error: unknown; milliseconds: number }> {
  const start = performance.now();
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error, milliseconds: performance.now() - start };
}

describe.each(['redis', 'postgres'] as const)('a producer on %s', (kind) => {
  it.each([
    ['refuses connections', () => Promise.resolve(1)],
    ['accepts them and never answers', silentPort],
  ])('fails within seconds when the store %s', async (_, port) => {
    const producer = openJobProducer(storeAt(kind, await port()), 'probe', SILENT);
    const { error, milliseconds } = await failureOf(producer.add('job_a', {}));
    expect(error).toBeInstanceOf(OutriderError);
    expect((error as OutriderError).code).toBe('queue_unavailable');
    expect((error as OutriderError).message).not.toContain('secret');
    expect(milliseconds).toBeLessThan(7_000);
    await producer.close();
  });

  it('refuses to work once closed', async () => {
    const producer = openJobProducer(storeAt(kind, 1), 'probe', SILENT);
    await producer.close();
    const { error } = await failureOf(producer.depth());
    expect((error as OutriderError).code).toBe('queue_unavailable');
  });
});

it('a producer works once its Redis is there, and again after an outage', async () => {
  const redis = await startRestartableRedis();
  await redis.kill();
  const producer = openJobProducer<string>({ kind: 'redis', url: redis.url }, 'probe', SILENT);
  try {
    expect((await failureOf(producer.add('job_a', 'x'))).error).toBeInstanceOf(OutriderError);
    await redis.start();
    await vi.waitFor(() => producer.add('job_b', 'x'), { timeout: 10_000, interval: 100 });
    await redis.kill();
    const { error, milliseconds } = await failureOf(producer.add('job_c', 'x'));
    expect(error).toBeInstanceOf(OutriderError);
    expect(milliseconds).toBeLessThan(7_000);
    await redis.start();
    await vi.waitFor(() => producer.add('job_d', 'x'), { timeout: 10_000, interval: 100 });
    expect(await producer.depth()).toEqual({ waiting: 1, active: 0 });
  } finally {
    await producer.close();
    await redis.kill();
  }
}, 40_000);

it('a producer closes within bounds while it waits to connect to a Redis that is away', async () => {
  const redis = await startRestartableRedis();
  try {
    const producer = openJobProducer<string>({ kind: 'redis', url: redis.url }, 'probe', SILENT);
    await producer.add('job_a', 'x');
    await redis.kill();
    // By then it rests between two attempts.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const closing = producer.close().then(() => 'closed');
    const late = new Promise((resolve) => setTimeout(resolve, 15_000, 'late'));
    expect(await Promise.race([closing, late])).toBe('closed');
  } finally {
    await redis.kill();
  }
}, 30_000);
