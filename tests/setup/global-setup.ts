import { startTestServer } from '@outrider/db/testing';
import type { TestProject } from 'vitest/node';
import { pathWithTools } from '../../scripts/test-tools.mjs';
import { type RedisServer, startRedisServer } from './redis-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser of the run's PostgreSQL, on the database `postgres`. */
    postgresAdminUrl: string;
    /** The run's Redis. Without redis-server installed nothing answers there, and its tests fail. */
    redisUrl: string;
  }
}

/** A port nothing listens on: tests that need a missing Redis fail by themselves, the others still run. */
const NO_REDIS: RedisServer = { url: 'redis://127.0.0.1:1', stop: () => Promise.resolve() };

async function startRedisOrExplain(): Promise<RedisServer> {
  try {
    return await startRedisServer();
  } catch (error) {
    process.stderr.write(`No Redis for the tests (${String(error)}): those that need it will fail.\n`);
    return NO_REDIS;
  }
}

/** Starts the servers all tests share, once per run, and stops them at its end. */
export default async function globalSetup(project: TestProject): Promise<() => Promise<void>> {
  process.env['PATH'] = pathWithTools();
  const [postgres, redis] = await Promise.all([
    startTestServer({ databaseUrl: process.env['TEST_DATABASE_URL'] }),
    startRedisOrExplain(),
  ]);
  project.provide('postgresAdminUrl', postgres.adminUrl);
  project.provide('redisUrl', redis.url);
  return async () => {
    await Promise.all([postgres.stop(), redis.stop()]);
  };
}
