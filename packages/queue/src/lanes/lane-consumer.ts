import { JOBS, type LaneJob } from '@outrider/shared';
import { type ConsumerHealth, openConsumerHealth, type QueueHealth } from '../canary/consumer-health.js';
import { type JobConsumer, openJobConsumer } from '../jobs/job-consumer.js';
import type { QueueLogger } from '../queue-logger.js';
import type { QueueStore } from '../store/queue-store.js';

export interface LaneConsumerOptions {
  /** Lanes handled at a time. */
  readonly concurrency: number;
  readonly logger: QueueLogger;
  /**
   * Crawls one lane. Runs for minutes. When `signal` aborts, its `reason` is a `JobInterruption`: on
   * `closing` let fetches in flight finish and give the lane back; on `lock_lost` stop, another may have it.
   */
  readonly handle: (job: LaneJob, signal: AbortSignal) => Promise<void>;
  /** Called when the store has taken note that a job is done. */
  readonly onDone?: () => void;
  /** Called when the health changes, and never before it does: a consumer starts healthy. */
  readonly onHealth?: (health: QueueHealth) => void;
  /** Longest wait for the store at the start, in milliseconds; 30 s unless given. */
  readonly startTimeoutMs?: number;
}

/** With six missed canaries in a row, a silent consumer is found after 30 s. */
const CANARY_PERIOD_MS = 5_000;

export interface LaneConsumer {
  /** Whether this process demonstrably gets jobs: see `health`. */
  isAlive(): boolean;
  health(): QueueHealth;
  /** Takes no further lanes; those that run go on. */
  pause(): Promise<void>;
  /** Takes no further lanes, aborts the handlers' signals, waits at most `graceMs`, then lets go. */
  close(options: { readonly graceMs: number }): Promise<void>;
}

/**
 * Starts taking lane jobs. Throws `queue_unavailable` when the store is not ready in time, and
 * `unsafe_queue_store` when it must not be used.
 */
export async function openLaneConsumer(
  store: QueueStore,
  options: LaneConsumerOptions,
): Promise<LaneConsumer> {
  const { concurrency, logger, startTimeoutMs = 30_000, onDone } = options;
  const lanes = await openJobConsumer(store, JOBS.lane.queue, {
    concurrency,
    logger,
    startTimeoutMs,
    handle: (data, signal) => handleLane(data, signal, options),
    ...(onDone === undefined ? {} : { onDone }),
  });
  const health = await openHealth(store, lanes, options, startTimeoutMs);
  return {
    isAlive: () => health.read().alive,
    health: () => health.read(),
    pause: () => lanes.pause(),
    async close(closeOptions) {
      await Promise.all([lanes.close(closeOptions), health.close()]);
    },
  };
}

async function openHealth(
  store: QueueStore,
  lanes: JobConsumer,
  { concurrency, logger, onHealth }: LaneConsumerOptions,
  startTimeoutMs: number,
): Promise<ConsumerHealth> {
  try {
    return await openConsumerHealth({
      store,
      consumer: lanes,
      concurrency,
      logger,
      startTimeoutMs,
      onHealth,
      periodMs: CANARY_PERIOD_MS,
    });
  } catch (error) {
    await lanes.close({ graceMs: 0 });
    throw error;
  }
}

/** A malformed job is dropped: no retry could mend it, and the reconciler offers what the ledger wants. */
async function handleLane(
  data: unknown,
  signal: AbortSignal,
  { handle, logger }: LaneConsumerOptions,
): Promise<void> {
  const job = JOBS.lane.payload.safeParse(data);
  if (!job.success) {
    logger.error({ queue: JOBS.lane.queue, problem: job.error.message }, 'dropped a malformed job');
    return;
  }
  await handle(job.data, signal);
}
