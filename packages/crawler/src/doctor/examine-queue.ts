import { openLaneQueue, prepareQueueStore, type QueueStore } from '@outrider/queue';
import type { HealthCheck } from '@outrider/shared';
import type { Logger } from '@outrider/telemetry';

/** Asks the queue's store whether it is usable, and how many lane jobs it holds. Never throws. */
export async function examineQueue(store: QueueStore, logger: Logger): Promise<HealthCheck> {
  const where = store.kind === 'redis' ? 'Redis' : `PostgreSQL (schema ${store.schema})`;
  const queue = openLaneQueue(store, { logger });
  try {
    await prepareQueueStore(store);
    const { waiting, active } = await queue.depth();
    const finding = `On ${where}: ${waiting} lane jobs wait, ${active} are in work.`;
    return { name: 'queue', status: 'ok', finding, advice: null };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const advice =
      'Nothing is lost without a queue, but no waiting lane starts. Look after REDIS_URL or QUEUE_DATABASE_URL.';
    return { name: 'queue', status: 'fail', finding: `On ${where}: ${reason}`, advice };
  } finally {
    await queue.close();
  }
}
