import { setTimeout as sleep } from 'node:timers/promises';
import { OutriderError } from '@outrider/shared';
import { assertSchemaCompatibility } from 'bullmq';
import type { QueueLogger } from '../queue-logger.js';
import { withPostgresSession } from './postgres-session.js';
import type { QueueStore } from './queue-store.js';
import { queueUnavailable } from './queue-unavailable.js';
import { probeRedis } from './redis-probe.js';

const RETRY_MS = 500;

/**
 * Waits until the store answers and is prepared, for at most `timeoutMs`. BullMQ needs this: a consumer
 * started while PostgreSQL is down keeps a rejected readiness promise for ever.
 * Throws `queue_unavailable` after that time, and `unsafe_queue_store` at once.
 */
export async function awaitQueueStore(
  store: QueueStore,
  timeoutMs: number,
  logger: QueueLogger,
): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs;
  for (let attempt = 1; ; attempt++) {
    try {
      return await probe(store);
    } catch (error) {
      if (error instanceof OutriderError && error.code === 'unsafe_queue_store') throw error;
      if (performance.now() + RETRY_MS >= giveUpAt) {
        throw queueUnavailable(`The queue store was not ready within ${timeoutMs} ms.`, error);
      }
      if (attempt === 1) logger.warn({ store: store.kind, err: error }, 'waiting for the queue store');
      await sleep(RETRY_MS);
    }
  }
}

async function probe(store: QueueStore): Promise<void> {
  switch (store.kind) {
    case 'redis':
      return probeRedis(store.url);
    case 'postgres':
      await withPostgresSession(store.url, (client) => assertSchemaCompatibility(client, store.schema));
  }
}
