import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CanaryJob, canaryJobId, JOBS } from '@outrider/shared';
import { createErrorLog } from '../jobs/error-log.js';
import { type JobConsumer, openJobConsumer } from '../jobs/job-consumer.js';
import { openJobProducer } from '../jobs/job-producer.js';
import type { QueueLogger } from '../queue-logger.js';
import type { QueueStore } from '../store/queue-store.js';
import { StarvationWatch } from './starvation-watch.js';

/** Whether a consumer gets jobs, with the evidence. */
export interface QueueHealth {
  readonly alive: boolean;
  /** Milliseconds since this process last handled a canary job. */
  readonly canaryAgeMs: number;
  /** Milliseconds for which lane jobs have waited while this process had room and took none. */
  readonly starvingMs: number;
}

export interface ConsumerHealth {
  read(): QueueHealth;
  close(): Promise<void>;
}

export interface ConsumerHealthOptions {
  readonly store: QueueStore;
  readonly consumer: Pick<JobConsumer, 'active' | 'started' | 'paused'>;
  readonly concurrency: number;
  readonly logger: QueueLogger;
  readonly startTimeoutMs: number;
  readonly onHealth: ((health: QueueHealth) => void) | undefined;
  /** How often a canary is offered, in milliseconds. */
  readonly periodMs: number;
}

/** Canaries missed in a row that make a consumer dead. */
const DEAD_AFTER_PERIODS = 6;

/**
 * Proves that this process gets jobs, since a connection that looks open proves nothing: after an outage
 * consumers have stayed connected and silent. Two kinds of evidence: a canary job handled recently, and no
 * lane job left waiting while there was room for it.
 *
 * Consumers share one canary queue. Each offers one job per period and, having handled one, holds it for a
 * period; so a busy consumer leaves the others' canaries to those that had none. No trace is left by a
 * consumer that was killed but one job, which another handles.
 */
export async function openConsumerHealth(options: ConsumerHealthOptions): Promise<ConsumerHealth> {
  const { store, consumer, concurrency, logger, startTimeoutMs, onHealth, periodMs } = options;
  const job: CanaryJob = { consumerId: randomUUID() };
  const logError = createErrorLog(logger, JOBS.canary.queue);
  const starvation = new StarvationWatch();
  let handledAt = performance.now();
  let wasAlive = true;

  const canaries = await openJobConsumer(store, JOBS.canary.queue, {
    concurrency: 1,
    logger,
    startTimeoutMs,
    handle: async (_, signal) => {
      handledAt = performance.now();
      await sleep(periodMs, undefined, { signal }).catch(() => undefined);
    },
  });
  const offers = openJobProducer<CanaryJob>(store, JOBS.canary.queue, logger);
  const lanes = openJobProducer(store, JOBS.lane.queue, logger);

  function read(): QueueHealth {
    const now = performance.now();
    const canaryAgeMs = Math.round(now - handledAt);
    const starvingMs = Math.round(starvation.durationMs(now));
    return {
      alive: Math.max(canaryAgeMs, starvingMs) < DEAD_AFTER_PERIODS * periodMs,
      canaryAgeMs,
      starvingMs,
    };
  }

  async function look(): Promise<void> {
    const [offer, depth] = await Promise.allSettled([offers.add(canaryJobId(job), job), lanes.depth()]);
    if (offer.status === 'rejected') logError(offer.reason);
    const hasRoom = !consumer.paused && consumer.active < concurrency;
    // A store that cannot be asked is not evidence against this consumer; the canary's age is.
    const waiting = depth.status === 'fulfilled' ? depth.value.waiting : 0;
    starvation.observe(performance.now(), { couldTake: hasRoom && waiting > 0, started: consumer.started });
    const health = read();
    if (health.alive === wasAlive) return;
    wasAlive = health.alive;
    if (health.alive) logger.info(health, 'the queue consumer gets jobs again');
    else logger.error(health, 'the queue consumer gets no jobs');
    onHealth?.(health);
  }

  const rounds = new AbortController();
  const looking = (async () => {
    while (!rounds.signal.aborted) {
      await look().catch(logError);
      await sleep(periodMs, undefined, { signal: rounds.signal }).catch(() => undefined);
    }
  })();
  return {
    read,
    async close() {
      rounds.abort();
      await looking;
      await Promise.all([canaries.close({ graceMs: 1_000 }), offers.close(), lanes.close()]);
    },
  };
}
