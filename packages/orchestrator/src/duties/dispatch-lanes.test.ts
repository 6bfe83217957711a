import type { Tx } from '@outrider/db';
import { plantExecution } from '@outrider/db/testing';
import { openLaneQueue, prepareQueueStore } from '@outrider/queue';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BACKENDS,
  DEAD_STORE,
  openTestPlatform,
  readEvents,
  repairsOf,
  type TestPlatform,
  takeTestLane,
  testStore,
} from '../testing/test-platform.js';
import { dispatchLanes } from './dispatch-lanes.js';

const SEEDS = ['https://a.test/'];

describe.each(BACKENDS)('dispatching on %s', (backend) => {
  let platform: TestPlatform;

  beforeEach(async () => {
    platform = await openTestPlatform(backend, 12);
  });
  afterEach(() => platform.close());

  const within = <T>(work: (tx: Tx) => Promise<T>) => platform.db.app.withTenant(platform.db.tenantId, work);
  const dispatch = (over: object = {}) => dispatchLanes({ ...platform, reofferAfterMs: 10_000, ...over });
  /** A lane of an execution that has been waiting for this many seconds. */
  const plantLanes = async (lanes: number, seconds = 60) => {
    const planted = await plantExecution(platform.db, { seeds: SEEDS, config: { lanes } });
    await within(
      ({ sql }) => sql`update execution_lanes set created_at = now() - ${seconds} * interval '1 second'`,
    );
    return planted;
  };
  const ageOffers = () =>
    within(
      ({ sql }) =>
        sql`update execution_lanes set dispatched_at = now() - interval '11 seconds' where dispatched_at is not null`,
    );
  const waiting = async () => (await platform.laneQueue.depth()).waiting;

  it('twenty orchestrators at once offer each lane once', async () => {
    await plantLanes(10);
    const reports = await Promise.all(Array.from({ length: 20 }, () => dispatch()));
    expect(reports.reduce((sum, { offered }) => sum + (offered ?? 0), 0)).toBe(10);
    expect(await waiting()).toBe(10);
  });

  it('fills a queue again that lost everything, and records each repair', async () => {
    const { executionId, laneIds } = await plantLanes(3);
    await dispatch();
    await ageOffers();
    const store = testStore(backend, platform.db, 15);
    await prepareQueueStore(store);
    const emptyQueue = openLaneQueue(store, { logger: platform.logger });
    try {
      expect(await dispatch({ laneQueue: emptyQueue })).toEqual({ offered: 3, repaired: 3 });
      expect(await emptyQueue.depth()).toEqual({ waiting: 3, active: 0 });
    } finally {
      await emptyQueue.close();
    }
    const again = (await readEvents(platform, executionId)).filter(
      ({ type }) => type === 'lane.redispatched',
    );
    expect(again.map(({ payload }) => payload['laneId']).sort()).toEqual([...laneIds, ...laneIds].sort());
    expect(await repairsOf(platform.metrics, 'lane_offered')).toBe(6);
  });

  it('lanes that only wait for a free worker are offered again without another job or event', async () => {
    const { executionId } = await plantLanes(2);
    await dispatch();
    const events = await readEvents(platform, executionId);
    await ageOffers();
    expect(await dispatch()).toEqual({ offered: 2, repaired: 0 });
    expect(await waiting()).toBe(2);
    expect(await readEvents(platform, executionId)).toEqual(events);
  });

  it('leaves lanes alone that are taken, offered just now, or of an execution being stopped', async () => {
    const taken = await plantLanes(1);
    await takeTestLane(platform, taken.laneIds[0] ?? '');
    const stopping = await plantLanes(1);
    await within(
      ({ sql }) => sql`update campaign_executions set status = 'stopping' where id = ${stopping.executionId}`,
    );
    const young = await plantExecution(platform.db, { seeds: SEEDS });
    expect(young.laneIds).toHaveLength(1);
    expect(await dispatch()).toEqual({ offered: 0, repaired: 0 });
  });

  it('while the queue is away fails without losing a lane', async () => {
    await plantLanes(1);
    const deadQueue = openLaneQueue(DEAD_STORE, { logger: platform.logger });
    await expect(dispatch({ laneQueue: deadQueue })).rejects.toMatchObject({ code: 'queue_unavailable' });
    await deadQueue.close();
    expect(await dispatch()).toMatchObject({ offered: 1 });
  });
});
