import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import type { QueueLogger } from '../queue-logger.js';
import { QUEUE_KEY_PREFIX, type QueueStore } from '../store/queue-store.js';

/** A store of one test file, with the means to disturb it. */
export interface TestStore {
  /** An empty store, apart from those given before. */
  fresh(): Promise<QueueStore>;
  /** Cuts every connection of the store's clients; new ones are welcome. */
  cutConnections(): Promise<number>;
  remove(): Promise<void>;
  /** Takes the lock of every active job of a queue from its consumer, as if it had lapsed and been retaken. */
  stealLocks(queue: string): Promise<void>;
}

export const SILENT: QueueLogger = { debug() {}, info() {}, warn() {}, error() {} };

/** Number of the Redis database of the test file, so that files that run side by side do not meet. */
export function redisTestStore(serverUrl: string, database: number): TestStore {
  const url = `${serverUrl}/${database}`;
  const admin = new Redis(url);
  return {
    async stealLocks(queue) {
      for (const key of await admin.keys(`${QUEUE_KEY_PREFIX}:${queue}:*:lock`)) {
        await admin.set(key, 'another', 'KEEPTTL');
      }
    },
    async fresh() {
      await admin.flushdb();
      return { kind: 'redis', url };
    },
    async cutConnections() {
      const own = await admin.client('ID');
      const list = String(await admin.client('LIST'));
      const others = list
        .split('\n')
        .filter((line) => line.includes(` db=${database} `))
        .map((line) => /\bid=(\d+)/.exec(line)?.[1])
        .filter((id) => id !== undefined && Number(id) !== own);
      for (const id of others) await admin.call('CLIENT', 'KILL', 'ID', String(id));
      return others.length;
    },
    async remove() {
      await admin.flushdb();
      admin.disconnect();
    },
  };
}

/** A database that can also be closed to everyone for a while, as in an outage. */
export interface PostgresTestStore extends TestStore {
  allowConnections(allowed: boolean): Promise<void>;
}

/** A database of its own on the server, with a new schema for every `fresh()`. */
export async function postgresTestStore(adminUrl: string): Promise<PostgresTestStore> {
  const database = `queue_${randomUUID().replaceAll('-', '')}`;
  const admin = new Client(adminUrl);
  await admin.connect();
  await admin.query(`create database ${database}`);
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  let schemas = 0;
  return {
    async allowConnections(allowed) {
      await admin.query(`alter database ${database} with allow_connections ${allowed}`);
    },
    async stealLocks(queue) {
      const client = new Client(url.href);
      await client.connect();
      await client.query(`update bullmq_${schemas}.job set lock_token = 'another' where queue = $1`, [queue]);
      await client.end();
    },
    fresh: () => Promise.resolve({ kind: 'postgres', url: url.href, schema: `bullmq_${++schemas}` }),
    async cutConnections() {
      const { rowCount } = await admin.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1',
        [database],
      );
      return rowCount ?? 0;
    },
    async remove() {
      await admin.query(`drop database ${database} with (force)`);
      await admin.end();
    },
  };
}
