import { randomBytes } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@outrider/db/testing';
import { type QueueStore, queueStoreFrom } from '@outrider/queue';
import { parseSettings } from '@outrider/shared';
import { Redis } from 'ioredis';
import { onTestFailed } from 'vitest';
import { type ApiClient, createApiClient } from './api-client.js';
import { type PlatformProcess, type ProcessName, startProcess } from './child-process.js';

/** Where the queue lives. Everything that touches it is tested on both. */
export const QUEUE_BACKENDS = ['postgres', 'redis'] as const;
export type QueueBackend = (typeof QUEUE_BACKENDS)[number];

export interface PlatformPlan {
  readonly queue: QueueBackend;
  readonly postgresAdminUrl: string;
  readonly redisUrl: string;
  /** Environment of every process besides what the platform needs. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Real processes on a database, and a queue, of their own. */
export interface TestPlatform {
  readonly db: TestDatabase;
  readonly queueStore: QueueStore;
  readonly api: ApiClient;
  /** Starts one more process; `environment` adds to the platform's. */
  start(name: ProcessName, environment?: Readonly<Record<string, string>>): Promise<PlatformProcess>;
  /** Ends every process that was started, as a power cut would. */
  killAll(): Promise<void>;
  /** Connects the client to another API process. */
  useApi(process: PlatformProcess): void;
  /** Ends every process and removes the database. */
  close(): Promise<void>;
}

let redisDatabase = 0;

/** A platform without processes: `start` what the test needs, the API among them. */
export async function createTestPlatform(plan: PlatformPlan): Promise<TestPlatform> {
  const db = await createTestDatabase(plan.postgresAdminUrl);
  const redisUrl = plan.queue === 'redis' ? await claimRedisDatabase(plan.redisUrl) : null;
  const key = testKey();
  const environment: Readonly<Record<string, string>> = {
    DATABASE_URL: db.url,
    ...(redisUrl === null ? {} : { REDIS_URL: redisUrl }),
    OUTRIDER_API_KEY: key,
    OUTRIDER_ALLOW_PRIVATE_NETWORKS: '1',
    OUTRIDER_SUPERVISED: '1',
    OUTRIDER_LANE_LEASE_MS: '5000',
    // Both are to have pages from the beginning.
    OUTRIDER_LANE_STANDBY_MS: '0',
    // One lane each, so that two workers share an execution of two lanes.
    OUTRIDER_WORKER_LANES: '1',
    OUTRIDER_RECONCILE_INTERVAL_MS: '500',
    PORT: '0',
    METRICS_PORT: '0',
    LOG_LEVEL: 'info',
    ...plan.environment,
  };
  const processes: PlatformProcess[] = [];
  onTestFailed(() => {
    for (const { name, pid, log } of processes) process.stderr.write(`--- ${name} ${pid}\n${log()}\n`);
  });
  const address = { port: 0 };
  return {
    db,
    queueStore: queueStoreFrom(parseSettings(environment)),
    api: createApiClient(address, key),
    async start(name, more = {}) {
      const started = await startProcess(name, { ...environment, ...more });
      processes.push(started);
      if (name === 'api' && address.port === 0) address.port = Number(started.facts['port']);
      return started;
    },
    async killAll() {
      await Promise.all(processes.splice(0).map((one) => one.kill('SIGKILL')));
    },
    useApi(api) {
      address.port = Number(api.facts['port']);
    },
    async close() {
      await Promise.all(processes.map((one) => one.kill('SIGKILL')));
      await db.drop();
    },
  };
}

/** One of the sixteen databases of the run's Redis, emptied. Files run in processes of their own and one test at a time. */
async function claimRedisDatabase(redisUrl: string): Promise<string> {
  const worker = Number(process.env['VITEST_POOL_ID'] ?? '1') % 4;
  redisDatabase = (redisDatabase + 1) % 4;
  const url = `${redisUrl.replace(/\/\d*$/, '')}/${worker * 4 + redisDatabase}`;
  const redis = new Redis(url, { maxRetriesPerRequest: 1 });
  try {
    await redis.flushdb();
  } finally {
    redis.disconnect();
  }
  return url;
}

/** A key strong enough for OUTRIDER_API_KEY. */
function testKey(): string {
  return randomBytes(32).toString('base64url');
}
