import { OutriderError, type Settings } from '@outrider/shared';

/** Schema of BullMQ's tables on PostgreSQL: apart from the ledger, so that dropping it loses nothing. */
export const QUEUE_SCHEMA = 'bullmq';

/** Prefix of every Redis key of ours, so that another BullMQ on the same Redis is not met. */
export const QUEUE_KEY_PREFIX = 'outrider';

/** Where the queue lives. `url` carries the credentials: never log it. */
export type QueueStore =
  | { readonly kind: 'redis'; readonly url: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly schema: string };

/**
 * Chooses the store: Redis where there is one, else PostgreSQL. Throws `invalid_settings` when no
 * setting names either (the embedded start passes `DATABASE_URL` to its processes).
 */
export function queueStoreFrom(
  settings: Pick<Settings, 'REDIS_URL' | 'QUEUE_DATABASE_URL' | 'DATABASE_URL'>,
): QueueStore {
  if (settings.REDIS_URL !== undefined) return { kind: 'redis', url: settings.REDIS_URL };
  const url = settings.QUEUE_DATABASE_URL ?? settings.DATABASE_URL;
  if (url === undefined) {
    throw new OutriderError(
      'invalid_settings',
      'There is nowhere to keep the queue: set REDIS_URL, QUEUE_DATABASE_URL or DATABASE_URL.',
    );
  }
  return { kind: 'postgres', url, schema: QUEUE_SCHEMA };
}
