import { openLaneQueue, prepareQueueStore, type QueueStore } from '@outrider/queue';
import type { HealthCheck } from '@outrider/shared';
import type { Logger } from '@outrider/telemetry';

const REMEDY: Readonly<Record<QueueStore['kind'], string>> = {
  redis: 'Start Redis or mend REDIS_URL; without REDIS_URL the queue is kept in PostgreSQL.',
  postgres: 'Is QUEUE_DATABASE_URL right (DATABASE_URL unless set), and may its user create a schema there?',
};

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
    const advice = `Nothing is lost without a queue, but waiting lanes start late. ${REMEDY[store.kind]}`;
    return { name: 'queue', status: 'fail', finding: `On ${where}: ${reason}`, advice };
  } finally {
    await queue.close();
  }
}
