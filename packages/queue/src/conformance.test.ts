import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { JOBS, type LaneJob } from '@outrider/shared';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { JobInterruption } from './jobs/job-interruption.js';
import { openJobProducer } from './jobs/job-producer.js';
import { type LaneConsumer, type LaneConsumerOptions, openLaneConsumer } from './lanes/lane-consumer.js';
import { type LaneQueue, openLaneQueue } from './lanes/lane-queue.js';
import { prepareQueueStore } from './store/prepare-queue-store.js';
import type { QueueStore } from './store/queue-store.js';
import { postgresTestStore, redisTestStore, SILENT, type TestStore } from './testing/test-stores.js';

const BACKENDS = {
  redis: () => Promise.resolve(redisTestStore(inject('redisUrl'), 9)),
  postgres: () => postgresTestStore(inject('postgresAdminUrl')),
};

const newLane = (epoch = 1): LaneJob => ({ laneId: randomUUID(), epoch });

/** A promise with its resolver outside: `Promise.withResolvers` came with Node 22. */
function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((resolver) => {
    resolve = resolver;
  });
  return { promise, resolve };
}
const forever = () => new Promise<void>(() => undefined);

describe.each(['redis', 'postgres'] as const)('the lane queue on %s', (backend) => {
  let server: TestStore;
  let store: QueueStore;
  let queue: LaneQueue;
  let consumers: LaneConsumer[];

  beforeAll(async () => {
    server = await BACKENDS[backend]();
  });
  beforeEach(async () => {
    store = await server.fresh();
    await prepareQueueStore(store);
    queue = openLaneQueue(store, { logger: SILENT });
    consumers = [];
  });
  afterEach(async () => {
    await Promise.all([queue.close(), ...consumers.map((consumer) => consumer.close({ graceMs: 100 }))]);
  });
  afterAll(() => server.remove());

  async function consume(
    handle: LaneConsumerOptions['handle'],
    options: Partial<LaneConsumerOptions> = {},
  ): Promise<LaneConsumer> {
    const consumer = await openLaneConsumer(store, { concurrency: 4, logger: SILENT, handle, ...options });
    consumers.push(consumer);
    return consumer;
  }

  /** Consumes into a list, which tests look at. */
  async function collect(): Promise<LaneJob[]> {
    const handled: LaneJob[] = [];
    await consume((job) => {
      handled.push(job);
      return Promise.resolve();
    });
    return handled;
  }

  /** Every job offered before this resolves has been handled: jobs are taken in order. */
  async function settle(handled: readonly LaneJob[]): Promise<void> {
    const last = newLane();
    await queue.offer(last);
    await vi.waitFor(() => expect(handled).toContainEqual(last), { timeout: 10_000, interval: 20 });
    await vi.waitFor(async () => expect(await queue.depth()).toEqual({ waiting: 0, active: 0 }));
  }

  async function settleOn(handled: readonly LaneJob[], count: number): Promise<void> {
    await vi.waitFor(() => expect(handled).toHaveLength(count), { timeout: 10_000, interval: 20 });
  }

  it('handles a lane that is offered once exactly once', async () => {
    const handled = await collect();
    const job = newLane();
    await queue.offer(job);
    await settle(handled);
    expect(handled.filter(({ laneId }) => laneId === job.laneId)).toEqual([job]);
  });

  it('keeps offers that came before any consumer', async () => {
    const jobs = [newLane(), newLane(), newLane()];
    for (const job of jobs) await queue.offer(job);
    expect(await queue.depth()).toEqual({ waiting: 3, active: 0 });
    const handled = await collect();
    await settle(handled);
    expect(handled.slice(0, 3)).toEqual(jobs);
  });

  it('makes one job of the same offer given twice', async () => {
    const job = newLane();
    await Promise.all([queue.offer(job), queue.offer(job), queue.offer(job)]);
    expect(await queue.depth()).toEqual({ waiting: 1, active: 0 });
    const handled = await collect();
    await settle(handled);
    expect(handled.filter(({ laneId }) => laneId === job.laneId)).toHaveLength(1);
  });

  it('makes two jobs of one lane in two epochs', async () => {
    const first = newLane();
    const second = { ...first, epoch: 2 };
    await queue.offer(first);
    await queue.offer(second);
    expect(await queue.depth()).toEqual({ waiting: 2, active: 0 });
  });

  it('handles an offer again that is repeated after its job was done', async () => {
    const handled = await collect();
    const job = newLane();
    await queue.offer(job);
    await settle(handled);
    await queue.offer(job);
    await settle(handled);
    expect(handled.filter(({ laneId }) => laneId === job.laneId)).toEqual([job, job]);
  });

  it('does not repeat a job whose handler throws, and takes the offer again', async () => {
    const handled: LaneJob[] = [];
    const failing = newLane();
    await consume((job) => {
      handled.push(job);
      return job.laneId === failing.laneId ? Promise.reject(new Error('boom')) : Promise.resolve();
    });
    await queue.offer(failing);
    await settle(handled);
    expect(handled.filter(({ laneId }) => laneId === failing.laneId)).toHaveLength(1);
    await queue.offer(failing);
    await settle(handled);
    expect(handled.filter(({ laneId }) => laneId === failing.laneId)).toHaveLength(2);
  });

  it('logs a malformed job and drops it', async () => {
    const handled = await collect();
    const raw = openJobProducer<unknown>(store, JOBS.lane.queue, SILENT);
    await raw.add('lane_bad_1', { laneId: 'not an id', epoch: 1 });
    await raw.add('lane_bad_2', { laneId: randomUUID(), epoch: 1, extra: true });
    await raw.add('lane_bad_3', null);
    await raw.close();
    await settle(handled);
    expect(handled).toHaveLength(1);
  });

  it('runs as many handlers at a time as its concurrency, and no more', async () => {
    let running = 0;
    let most = 0;
    const release = withResolvers();
    await consume(
      async () => {
        most = Math.max(most, ++running);
        await release.promise;
        running--;
      },
      { concurrency: 2 },
    );
    for (let i = 0; i < 4; i++) await queue.offer(newLane());
    await vi.waitFor(() => expect(running).toBe(2), { timeout: 10_000 });
    expect(await queue.depth()).toEqual({ waiting: 2, active: 2 });
    release.resolve();
    await vi.waitFor(async () => expect(await queue.depth()).toEqual({ waiting: 0, active: 0 }), {
      timeout: 10_000,
    });
    expect(most).toBe(2);
  });

  it('takes nothing more once paused, while what runs goes on, and others take it', async () => {
    const started: LaneJob[] = [];
    const release = withResolvers();
    const signals: AbortSignal[] = [];
    const consumer = await consume(async (job, signal) => {
      started.push(job);
      signals.push(signal);
      await release.promise;
    });
    const first = newLane();
    await queue.offer(first);
    await vi.waitFor(() => expect(started).toHaveLength(1), { timeout: 10_000 });
    await consumer.pause();
    // The consumer was waiting for a job when it paused; these must come back from it.
    const later = [newLane(), newLane(), newLane()];
    for (const job of later) await queue.offer(job);
    await sleep(1_000);
    expect(started).toEqual([first]);
    expect(signals[0]?.aborted).toBe(false);
    expect(await queue.depth()).toEqual({ waiting: 3, active: 1 });
    const others = await collect();
    await settleOn(others, 3);
    expect(new Set(others.map(({ laneId }) => laneId))).toEqual(new Set(later.map(({ laneId }) => laneId)));
    release.resolve();
  });

  it('takes nothing more while it closes', async () => {
    const started: LaneJob[] = [];
    const consumer = await consume(async (job, signal) => {
      started.push(job);
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      await sleep(1_500);
    });
    const first = newLane();
    await queue.offer(first);
    await vi.waitFor(() => expect(started).toHaveLength(1), { timeout: 10_000 });
    const closing = consumer.close({ graceMs: 10_000 });
    await sleep(100);
    await queue.offer(newLane());
    await queue.offer(newLane());
    await closing;
    expect(started).toEqual([first]);
    expect(await queue.depth()).toEqual({ waiting: 2, active: 0 });
  });

  it('asks the handler to wind down on close, and lets go after the grace when it does not', async () => {
    const signals: AbortSignal[] = [];
    const consumer = await consume((_, signal) => {
      signals.push(signal);
      return forever();
    });
    await queue.offer(newLane());
    await vi.waitFor(() => expect(signals).toHaveLength(1), { timeout: 10_000 });
    const start = performance.now();
    await consumer.close({ graceMs: 300 });
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(signals[0]?.reason).toBeInstanceOf(JobInterruption);
    expect(signals[0]?.reason).toMatchObject({ interruption: 'closing' });
    // The job was not lost with its consumer: it stays until its lock lapses.
    expect(await queue.depth()).toEqual({ waiting: 0, active: 1 });
  });

  it('finishes the job of a handler that winds down within the grace', async () => {
    let ended = false;
    const started = withResolvers();
    const consumer = await consume(async (_, signal) => {
      started.resolve();
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      await sleep(100);
      ended = true;
    });
    await queue.offer(newLane());
    await started.promise;
    await consumer.close({ graceMs: 10_000 });
    expect(ended).toBe(true);
    expect(await queue.depth()).toEqual({ waiting: 0, active: 0 });
  });

  it('closes twice as once', async () => {
    const consumer = await consume(() => Promise.resolve());
    await consumer.close({ graceMs: 100 });
    await consumer.close({ graceMs: 100 });
  });

  it('consumes and offers again after every connection was cut', async () => {
    const handled = await collect();
    await settle(handled);
    for (let round = 0; round < 3; round++) {
      expect(await server.cutConnections()).toBeGreaterThan(0);
      const job = newLane();
      // The first offer may meet the dead connection; it fails at once, and the next one finds a new one.
      await vi.waitFor(() => queue.offer(job), { timeout: 10_000, interval: 200 });
      await vi.waitFor(() => expect(handled).toContainEqual(job), { timeout: 15_000, interval: 50 });
    }
  }, 60_000);

  it('shares jobs between consumers without giving one to both', async () => {
    const handled: LaneJob[] = [];
    const handle = async (job: LaneJob): Promise<void> => {
      await sleep(5);
      handled.push(job);
    };
    await consume(handle);
    await consume(handle);
    const jobs = Array.from({ length: 40 }, () => newLane());
    await Promise.all(jobs.map((job) => queue.offer(job)));
    await vi.waitFor(() => expect(handled.length).toBeGreaterThanOrEqual(40), { timeout: 15_000 });
    await vi.waitFor(async () => expect(await queue.depth()).toEqual({ waiting: 0, active: 0 }));
    expect(new Set(handled.map(({ laneId }) => laneId)).size).toBe(40);
    expect(handled).toHaveLength(40);
  });

  it('is alive from the start', async () => {
    const consumer = await consume(() => Promise.resolve());
    expect(consumer.isAlive()).toBe(true);
    expect(consumer.health()).toMatchObject({ alive: true, starvingMs: 0 });
  });

  it('is prepared by two processes at once, and again', async () => {
    const empty = await server.fresh();
    await Promise.all([prepareQueueStore(empty), prepareQueueStore(empty), prepareQueueStore(empty)]);
    await prepareQueueStore(empty);
    const other = openLaneQueue(empty, { logger: SILENT });
    await other.offer(newLane());
    expect(await other.depth()).toEqual({ waiting: 1, active: 0 });
    await other.close();
  });
});
