import { type ConnectionOptions, type IQueueBackend, Queue } from 'bullmq';
import type { QueueLogger } from '../queue-logger.js';
import type { QueueStore } from '../store/queue-store.js';
import { queueUnavailable } from '../store/queue-unavailable.js';
import { storeBackend } from '../store/store-backend.js';
import { withinDeadline } from '../within-deadline.js';
import { createErrorLog } from './error-log.js';

/** Jobs of one queue, by state. */
export interface QueueDepth {
  readonly waiting: number;
  readonly active: number;
}

export interface JobProducer<D> {
  /** Adds a job, or does nothing while a job of that id waits or runs. Throws `queue_unavailable`. */
  add(jobId: string, data: D): Promise<void>;
  depth(): Promise<QueueDepth>;
  close(): Promise<void>;
}

/** Longest that one call may take, connecting included. */
const CALL_DEADLINE_MS = 5_000;

type OpenQueue = Queue<unknown, void, string, unknown, void, string, IQueueBackend, ConnectionOptions>;

/**
 * A producer for one queue. It connects with its first call, and anew after a failed connection: a queue of
 * BullMQ whose first connection failed stays unusable. No call takes longer than five seconds.
 */
export function openJobProducer<D>(store: QueueStore, name: string, logger: QueueLogger): JobProducer<D> {
  const logError = createErrorLog(logger, name);
  let current: OpenQueue | null = null;
  let closed = false;

  async function connect(): Promise<OpenQueue> {
    if (closed) throw queueUnavailable(`The producer of the queue ${name} is closed.`);
    const queue = current ?? open(store, name, logError);
    current = queue;
    try {
      await queue.waitUntilReady();
      return queue;
    } catch (error) {
      if (current === queue) discard();
      throw error;
    }
  }

  function discard(): void {
    const queue = current;
    current = null;
    queue?.close().catch(logError);
  }

  async function call<T>(work: (queue: OpenQueue) => Promise<T>): Promise<T> {
    const late = () => new Error(`no answer within ${CALL_DEADLINE_MS} ms`);
    try {
      return await withinDeadline(connect().then(work), CALL_DEADLINE_MS, late);
    } catch (error) {
      throw queueUnavailable(`The queue ${name} did not answer.`, error);
    }
  }

  return {
    add: (jobId, data) =>
      call(async (queue) => {
        // No retries and nothing kept: what happened is the ledger's to know.
        await queue.add(name, data, { jobId, attempts: 1, removeOnComplete: true, removeOnFail: true });
      }),
    depth: () =>
      call(async (queue) => {
        const { waiting = 0, active = 0 } = await queue.getJobCounts('waiting', 'active');
        return { waiting, active };
      }),
    async close() {
      closed = true;
      const queue = current;
      current = null;
      if (queue === null) return;
      const late = () => queueUnavailable(`The queue ${name} did not close.`);
      await withinDeadline(queue.close(), CALL_DEADLINE_MS, late).catch(async (error: unknown) => {
        logError(error);
        // It waits for the end of a connection, which may have ended before.
        await withinDeadline(queue.disconnect(), CALL_DEADLINE_MS, late).catch(logError);
      });
    },
  };
}

function open(store: QueueStore, name: string, logError: (error: unknown) => void): OpenQueue {
  const { options, factory } = storeBackend(store, 'produce', 2);
  // Nobody reads BullMQ's own events; the ledger has ours.
  const queue: OpenQueue = new Queue(name, { ...options, streams: { events: { maxLen: 10 } } }, factory);
  queue.on('error', logError);
  return queue;
}
