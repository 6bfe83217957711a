import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../../setup/free-port.js';

/** A Redis that faults may be done to. */
export interface RedisServer {
  readonly url: string;
  /** SIGKILL: what it had not written to its log is gone. */
  kill(): Promise<void>;
  /** On the same port; empty unless it keeps a log. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Options of setpriv(1): however this process ends, the server ends too. */
const DIES_WITH_US = ['--pdeathsig', 'KILL'];

/** Starts a Redis that keeps nothing, or with `keepsLog` an append-only file flushed every second. */
export async function startRedisServer({ keepsLog = false } = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;
  const kill = async (): Promise<void> => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  const start = async (): Promise<void> => {
    const log = keepsLog
      ? ['--appendonly', 'yes', '--appendfsync', 'everysec']
      : ['--appendonly', 'no', '--save', ''];
    const args = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, ...log];
    child = spawn('setpriv', [...DIES_WITH_US, 'redis-server', ...args], { stdio: 'ignore' });
    await answering(url, child);
  };
  await start();
  return {
    url,
    kill,
    start,
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 20 });
  client.on('error', () => undefined);
  try {
    const failed = once(child, 'exit').then(() => Promise.reject(new Error('redis-server ended')));
    failed.catch(() => undefined);
    await Promise.race([client.ping(), failed]);
  } finally {
    client.disconnect();
  }
}
