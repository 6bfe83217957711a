import { OutriderError } from '@outrider/shared';
import { Redis } from 'ioredis';
import { queueUnavailable } from './queue-unavailable.js';

/** Oldest Redis that BullMQ's scripts are made for. */
const MINIMUM_VERSION = [6, 2] as const;

/**
 * Connects once and looks at the server. Throws `queue_unavailable` when it does not answer, and
 * `unsafe_queue_store` when it is too old or may evict keys: an evicted key is a job that is gone, or a
 * lock that two workers hold.
 */
export async function probeRedis(url: string): Promise<void> {
  const facts = parseInfo(await readInfo(url));
  const version = facts.get('redis_version') ?? '0';
  if (isOlder(version)) {
    throw new OutriderError(
      'unsafe_queue_store',
      `Redis ${version} is too old: ${MINIMUM_VERSION.join('.')} or newer is needed.`,
    );
  }
  const policy = facts.get('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') {
    throw new OutriderError(
      'unsafe_queue_store',
      `Redis may drop jobs: its maxmemory-policy is ${policy}. Set it to noeviction.`,
    );
  }
}

/** `INFO` rather than `CONFIG GET`: hosted servers forbid the latter. */
async function readInfo(url: string): Promise<string> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 5_000,
    commandTimeout: 5_000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let reason: unknown;
  // The reason of a failed connection arrives here; `connect()` itself only says that it is closed.
  client.on('error', (error: unknown) => {
    reason ??= error;
  });
  try {
    await client.connect();
    return await client.info();
  } catch (error) {
    throw queueUnavailable('Redis does not answer.', reason ?? error);
  } finally {
    client.disconnect();
  }
}

function parseInfo(info: string): ReadonlyMap<string, string> {
  const facts = new Map<string, string>();
  for (const line of info.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) facts.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return facts;
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [needMajor, needMinor] = MINIMUM_VERSION;
  return major < needMajor || (major === needMajor && minor < needMinor);
}
