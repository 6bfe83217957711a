import { setTimeout as sleep } from 'node:timers/promises';
import { assertMigrated, assertSafeRole, type Database, isConnectionError } from '@outrider/db';
import { prepareQueueStore, type QueueStore } from '@outrider/queue';
import { OutriderError } from '@outrider/shared';
import type { Logger } from '@outrider/telemetry';

export interface BootDeps {
  readonly databases: readonly Database[];
  readonly queueStore: QueueStore;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** How long the stores may stay away, in milliseconds; a minute unless given. */
  readonly patienceMs?: number;
}

const RETRY_MS = 1_000;
const PATIENCE_MS = 60_000;

/**
 * Makes sure that work can begin: the database is reachable, has this version's schema and a role that
 * cannot bypass tenant isolation, and the queue store is usable. Waits for a store that does not answer,
 * saying so; throws its error once patience is over, and any other problem at once.
 */
export async function passBootChecks(deps: BootDeps): Promise<void> {
  const { databases, queueStore } = deps;
  await patiently(deps, 'database', async () => {
    for (const database of databases) {
      await database.ping();
      await assertMigrated(database);
      await assertSafeRole(database);
    }
  });
  await patiently(deps, 'queue', () => prepareQueueStore(queueStore));
}

async function patiently(deps: BootDeps, store: string, check: () => Promise<void>): Promise<void> {
  const giveUpAt = performance.now() + (deps.patienceMs ?? PATIENCE_MS);
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (!isAway(error) || performance.now() >= giveUpAt) throw error;
      const secondsLeft = Math.ceil((giveUpAt - performance.now()) / 1_000);
      deps.logger.warn({ err: error, store, secondsLeft }, `waiting for the ${store}`);
      await sleep(RETRY_MS, undefined, { signal: deps.signal });
    }
  }
}

function isAway(error: unknown): boolean {
  return isConnectionError(error) || (error instanceof OutriderError && error.code === 'queue_unavailable');
}
