import {
  type ConnectionOptions,
  type IQueueBackend,
  type Job,
  type JobProgress,
  WaitingError,
  Worker,
} from 'bullmq';
import type { QueueLogger } from '../queue-logger.js';
import { awaitQueueStore } from '../store/await-queue-store.js';
import type { QueueStore } from '../store/queue-store.js';
import { queueUnavailable } from '../store/queue-unavailable.js';
import { FETCH_RETRY_MS, storeBackend } from '../store/store-backend.js';
import { withinDeadline } from '../within-deadline.js';
import { ActiveJobs } from './active-jobs.js';
import { createErrorLog } from './error-log.js';

export interface JobConsumer {
  /** Handlers that run now. */
  readonly active: number;
  /** Handlers started since the consumer was opened. */
  readonly started: number;
  readonly paused: boolean;
  /** Takes no further jobs; the handlers that run go on. */
  pause(): Promise<void>;
  /**
   * Takes no further jobs, aborts every handler's signal, and waits at most `graceMs` for them to end.
   * The job of a handler that does not end stays locked for up to 20 s, then another consumer gets it.
   */
  close(options: { readonly graceMs: number }): Promise<void>;
}

export interface JobConsumerOptions {
  readonly concurrency: number;
  readonly logger: QueueLogger;
  /** Longest wait for the store at the start, in milliseconds. */
  readonly startTimeoutMs: number;
  /** Does the job. What it throws is logged and the job is gone: retries are the ledger's business. */
  readonly handle: (data: unknown, signal: AbortSignal) => Promise<void>;
  /** Called when the store has taken note that a job is done. */
  readonly onDone?: () => void;
}

/** A consumer that died is noticed after `lockDuration`, by a check every `stalledInterval` (milliseconds). */
const LOCK_MS = 20_000;
const STALLED_CHECK_MS = 10_000;
/** BullMQ gives a job up for good after so many dead consumers; ours decides that in the ledger, per URL. */
const NEVER_GIVE_UP = 1_000_000;
const CLOSE_DEADLINE_MS = 5_000;

type OpenWorker = Worker<unknown, void, string, IQueueBackend, JobProgress, ConnectionOptions>;

/**
 * Starts consuming a queue, once its store is reachable. Throws `queue_unavailable` when it is not within
 * `startTimeoutMs`, and `unsafe_queue_store` when it must not be used.
 */
export async function openJobConsumer(
  store: QueueStore,
  name: string,
  options: JobConsumerOptions,
): Promise<JobConsumer> {
  const { logger, startTimeoutMs, onDone } = options;
  const logError = createErrorLog(logger, name);
  const jobs = new ActiveJobs();
  await awaitQueueStore(store, startTimeoutMs, logger);
  const worker = startWorker(store, name, options, jobs);
  worker.on('error', logError);
  if (onDone !== undefined) worker.on('completed', onDone);
  worker.on('lockRenewalFailed', (ids: string[]) => {
    logger.warn({ queue: name, jobs: ids }, 'lost the lock of a job; its handler is told to stop');
    jobs.interrupt('lock_lost', ids);
  });
  try {
    const late = () => new Error(`not ready within ${startTimeoutMs} ms`);
    await withinDeadline(worker.waitUntilReady(), startTimeoutMs, late);
  } catch (error) {
    await closeWorker(worker, true, logError);
    throw queueUnavailable(`The consumer of the queue ${name} did not start.`, error);
  }
  return {
    get active() {
      return jobs.size;
    },
    get started() {
      return jobs.started;
    },
    get paused() {
      return worker.isPaused();
    },
    pause: () => worker.pause(true),
    async close({ graceMs }) {
      await worker.pause(true);
      jobs.interrupt('closing');
      const ended = await jobs.idle(graceMs);
      if (!ended) logger.warn({ queue: name, active: jobs.size }, 'closing without waiting for handlers');
      await closeWorker(worker, !ended, logError);
    },
  };
}

function startWorker(
  store: QueueStore,
  name: string,
  { concurrency, logger, handle }: JobConsumerOptions,
  jobs: ActiveJobs,
): OpenWorker {
  const { options, factory } = storeBackend(store, 'consume', 2);
  const run = async (job: Job<unknown>, token?: string): Promise<void> => {
    if (worker.isPaused()) {
      // A fetch that was under way when the consumer paused still brings a job: it goes back at once.
      await job.moveToWait(token);
      throw new WaitingError();
    }
    await jobs.run(job.id ?? '', async (signal) => {
      try {
        await handle(job.data, signal);
      } catch (error) {
        logger.error({ queue: name, job: job.id, err: error }, 'a job failed; it is not retried');
      }
    });
  };
  const worker: OpenWorker = new Worker(
    name,
    run,
    {
      ...options,
      concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: NEVER_GIVE_UP,
      runRetryDelay: FETCH_RETRY_MS,
    },
    factory,
  );
  return worker;
}

/** Closes within bounds: a graceful close waits for the store, which may be away. */
async function closeWorker(
  worker: OpenWorker,
  force: boolean,
  logError: (error: unknown) => void,
): Promise<void> {
  const late = () => queueUnavailable('The consumer did not close in time.');
  try {
    await withinDeadline(worker.close(force), CLOSE_DEADLINE_MS, late);
  } catch (error) {
    logError(error);
    await withinDeadline(worker.disconnect(), CLOSE_DEADLINE_MS, late).catch(logError);
  }
}
