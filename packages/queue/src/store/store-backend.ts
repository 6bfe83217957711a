import {
  type BackendFactory,
  type ConnectionOptions,
  createPostgresBackend,
  createRedisBackend,
  type IQueueBackend,
} from 'bullmq';
import { paceFailures } from './pace-failures.js';
import { postgresClientOptions } from './postgres-client-options.js';
import { QUEUE_KEY_PREFIX, type QueueStore } from './queue-store.js';

/** How long a consumer waits after a failed fetch, in milliseconds. */
export const FETCH_RETRY_MS = 1_000;

/** How a connection is used: producers answer requests and must fail fast, consumers must outlive outages. */
export type StoreUse = 'produce' | 'consume';

/** What BullMQ's constructors need for a store. */
export interface StoreBackend {
  readonly options: { readonly connection: ConnectionOptions; readonly prefix: string };
  readonly factory: BackendFactory<IQueueBackend, ConnectionOptions>;
}

/** The backend of BullMQ for a store. `connections` bounds the PostgreSQL pool; Redis needs no more than one. */
export function storeBackend(store: QueueStore, use: StoreUse, connections: number): StoreBackend {
  switch (store.kind) {
    case 'redis':
      return {
        options: { connection: redisOptions(store.url, use), prefix: QUEUE_KEY_PREFIX },
        factory: createRedisBackend,
      };
    case 'postgres': {
      const connection = {
        ...postgresClientOptions(store.url, `outrider-queue-${use}`),
        schema: store.schema,
        max: connections,
        // Past the canary's period, or every canary would pay for a new connection.
        idleTimeoutMillis: 60_000,
      };
      return {
        options: { connection, prefix: QUEUE_KEY_PREFIX },
        factory: (name, options, extra) =>
          paceFailures(createPostgresBackend(name, { ...options, connection }, extra), FETCH_RETRY_MS),
      };
    }
  }
}

/** Commands of a producer fail within seconds; those of a consumer wait for Redis to come back. */
function redisOptions(url: string, use: StoreUse): ConnectionOptions {
  const shared = {
    url,
    connectTimeout: 5_000,
    keepAlive: 10_000,
    // RESP2: BullMQ's scripts read its shapes.
    protocol: 2,
    retryStrategy: (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 6), 2_000),
  };
  return use === 'produce'
    ? { ...shared, maxRetriesPerRequest: 1, enableOfflineQueue: false, commandTimeout: 5_000 }
    : { ...shared, maxRetriesPerRequest: null };
}
