import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.js';

export interface RedisServer {
  readonly url: string;
  stop(): Promise<void>;
}

const START_ATTEMPTS = 5;
const START_LIMIT_MS = 10_000;
/** The shell's exit code for a program that is not there. */
const NOT_FOUND = 127;

/** Ends Redis when its standard input closes, which also happens when the test run is killed. */
const TIED_TO_STDIN = `exec 3<&0
redis-server "$@" 3<&- &
server=$!
(read -r _ <&3; kill -9 $server) 2>/dev/null &
wait $server`;

/** Whether a Redis answers PING on this port. */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(1000) })) as [Buffer];
    return answer.toString().startsWith('+PONG');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function isReady(child: ChildProcess, port: number): Promise<boolean> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    // A Redis of somebody else on this port would answer too: ours must still be running afterwards.
    if (await answers(port)) {
      await sleep(20);
      if (child.exitCode === null) return true;
    }
    await sleep(20);
  }
  return false;
}

async function end(child: ChildProcess): Promise<void> {
  child.stdin?.end();
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/**
 * A Redis for tests on a free loopback port, which keeps nothing on disk.
 * Throws when `redis-server` is not installed or does not start.
 */
export async function startRedisServer(): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-redis-'));
  // Between finding a free port and binding it, somebody else may take it.
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt += 1) {
    const port = await freePort();
    const options = { bind: '127.0.0.1', port: String(port), save: '', appendonly: 'no', dir: folder };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    const child = spawn('sh', ['-c', TIED_TO_STDIN, 'sh', ...args], { stdio: ['pipe', 'ignore', 'ignore'] });
    child.stdin.on('error', () => undefined); // It ended by itself, which its exit code tells.
    if (await isReady(child, port)) {
      return {
        url: `redis://127.0.0.1:${port}`,
        stop: async () => {
          await end(child);
          await rm(folder, { recursive: true, force: true });
        },
      };
    }
    await end(child);
    if (child.exitCode === NOT_FOUND) break;
  }
  await rm(folder, { recursive: true, force: true });
  throw new Error('redis-server is not installed, or did not start');
}
