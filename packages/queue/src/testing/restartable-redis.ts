import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** A Redis on a port of its own that a test may kill, and start again, empty. */
export interface RestartableRedis {
  readonly url: string;
  start(): Promise<void>;
  /** SIGKILL: what it held is gone. */
  kill(): Promise<void>;
}

/** Reserves a free port and starts a Redis on it, with further arguments like `--maxmemory-policy allkeys-lru`. */
export async function startRestartableRedis(...extra: readonly string[]): Promise<RestartableRedis> {
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;
  const redis: RestartableRedis = {
    url,
    async start() {
      const args = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', ...extra];
      child = spawn('redis-server', args, { stdio: 'ignore', cwd: '/tmp' });
      await answering(url, child);
    },
    async kill() {
      if (child === null || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
  await redis.start();
  return redis;
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 20 });
  client.on('error', () => undefined);
  try {
    const failed = once(child, 'exit').then(() => Promise.reject(new Error('redis-server ended')));
    await Promise.race([
      client.ping(),
      failed,
      sleep(10_000).then(() => Promise.reject(new Error('no answer'))),
    ]);
  } finally {
    client.disconnect();
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
