import { OutriderError } from '@outrider/shared';
import { runMigrations } from 'bullmq';
import { withPostgresSession } from './postgres-session.js';
import type { QueueStore } from './queue-store.js';
import { probeRedis } from './redis-probe.js';

const OLDEST_POSTGRES = 140_000;

/**
 * Makes a store usable: on PostgreSQL creates the schema and BullMQ's tables, on Redis checks that the
 * server keeps what it is given. Idempotent, and safe when several processes do it at once.
 * Throws `queue_unavailable`, or `unsafe_queue_store` with what to change.
 */
export async function prepareQueueStore(store: QueueStore): Promise<void> {
  switch (store.kind) {
    case 'redis':
      return probeRedis(store.url);
    case 'postgres':
      return withPostgresSession(store.url, async (client) => {
        const { rows } = await client.query<{ version: number }>(
          `select current_setting('server_version_num')::int as version`,
        );
        const version = rows[0]?.version ?? 0;
        if (version < OLDEST_POSTGRES) {
          throw new OutriderError(
            'unsafe_queue_store',
            `PostgreSQL ${Math.floor(version / 10_000)} is too old: 14 or newer is needed.`,
          );
        }
        // Holds an advisory lock for its one transaction, so a second runner waits and then finds it done.
        await runMigrations(client, store.schema);
      });
  }
}
