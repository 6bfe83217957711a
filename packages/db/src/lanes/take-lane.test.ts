import { newId } from '@outrider/shared';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Settlement } from '../records/settlement.js';
import { plantExecution } from '../testing/plant-execution.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { beginLane } from './begin-lane.js';
import { releaseLane } from './release-lane.js';
import { isLaneFinished, renewLane } from './renew-lane.js';
import { fetched, holdLanes } from './testing/held-lanes.js';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

const begin = (laneId: string, epoch: number) =>
  db.app.withTenant(db.tenantId, (tx) =>
    beginLane(tx, { laneId, epoch }, { instanceId: newId(), leaseMs: 60_000 }),
  );
const SEEDS = ['http://a.test/1', 'http://a.test/2'];
const BEAT = { leaseMs: 60_000, memoryMb: 12, waitingReason: null, held: 3 };

async function plant(): Promise<{ executionId: string; laneId: string }> {
  const { executionId, laneIds } = await plantExecution(db, { seeds: SEEDS });
  return { executionId, laneId: laneIds[0] ?? '' };
}

describe('taking a lane', () => {
  it('sets its execution running, and goes to one of two workers that were offered it', async () => {
    const { executionId, laneId } = await plant();
    const taken = await Promise.all([begin(laneId, 1), begin(laneId, 1), begin(laneId, 1)]);
    expect(taken.filter((one) => one !== null)).toHaveLength(1);
    const [execution] = await db.system.withSystem(
      (tx) =>
        tx.sql`select status, started_at is not null as started from campaign_executions where id = ${executionId}`,
    );
    expect(execution).toEqual({ status: 'running', started: true });
  });

  it('is refused for an offer that is out of date or ahead of its time', async () => {
    const { laneId } = await plant();
    expect(await begin(laneId, 2)).toBeNull();
    const first = await begin(laneId, 1);
    if (first === null) throw new Error('the lane was not to be had');
    await db.app.withTenant(db.tenantId, (tx) => releaseLane(tx, first.hold, 'drained'));
    expect(await begin(laneId, 1)).toBeNull();
    expect(await begin(laneId, 2)).not.toBeNull();
  });

  it.each(['completed', 'stopping', 'paused'])('is refused when its execution is %s', async (status) => {
    const { executionId, laneId } = await plant();
    await db.system.withSystem(
      (tx) => tx.sql`
        update campaign_executions set status = ${status}, started_at = now(),
          completed_at = case when ${status} = 'completed' then now() end,
          end_reason = case when ${status} = 'completed' then 'frontier_exhausted' end
        where id = ${executionId}`,
    );
    expect(await begin(laneId, 1)).toBeNull();
  });
});

describe('renewing a lane', () => {
  it('moves its lease and that of its host permits, and tells the state of the execution', async () => {
    const lanes = await holdLanes(db, { seeds: SEEDS, leaseMs: 1_000 });
    await lanes.claim(0, { leaseMs: 1_000 });
    const [hold] = lanes.holds;
    if (hold === undefined) throw new Error('no lane');
    expect(await lanes.within((tx) => renewLane(tx, hold, { ...BEAT, waitingReason: 'host_busy' }))).toBe(
      'running',
    );
    const [row] = await lanes.within(
      (tx) => tx.sql`
        select lease_until > now() + interval '50 s' as lane, waiting_reason, memory_peak_mb,
          (select bool_and(lease_until > now() + interval '50 s') from host_permits where lane_id = ${hold.laneId}) as permits
        from execution_lanes where id = ${hold.laneId}`,
    );
    expect(row).toEqual({ lane: true, waiting_reason: 'host_busy', memory_peak_mb: 12, permits: true });
  });

  it('never locks out a claim or a commit of the same lane, in 100 rounds at once', async () => {
    const seeds = Array.from({ length: 400 }, (_, n) => `http://busy-${n % 4}.test/${n}`);
    const lanes = await holdLanes(db, { seeds });
    const [hold] = lanes.holds;
    if (hold === undefined) throw new Error('no lane');
    let previous: Settlement[] = [];
    for (let round = 0; round < 100; round += 1) {
      const [claimed] = await Promise.all([
        lanes.claim(0, { wanted: 4, held: new Set(['busy-1.test']) }),
        lanes.commit(0, previous),
        lanes.within((tx) => renewLane(tx, hold, BEAT)),
        lanes.within((tx) => renewLane(tx, hold, BEAT)),
      ]);
      previous = claimed.targets.map((target) => fetched(target));
    }
    expect(await lanes.counters()).toMatchObject({ fetched: 400 - previous.length });
  });

  it('is refused once the lease has lapsed or another worker has the lane', async () => {
    const lanes = await holdLanes(db, { seeds: SEEDS, config: { lanes: 2 } });
    const [lapsed, taken] = lanes.holds;
    if (lapsed === undefined || taken === undefined) throw new Error('no lanes');
    await lanes.within(async ({ sql }) => {
      await sql`update execution_lanes set lease_until = now() - interval '1 ms' where id = ${lapsed.laneId}`;
      await sql`update execution_lanes set epoch = 2 where id = ${taken.laneId}`;
    });
    for (const hold of lanes.holds) expect(await lanes.within((tx) => renewLane(tx, hold, BEAT))).toBeNull();
  });
});

describe('giving a lane back', () => {
  it('returns its URLs with their attempt undone, frees its permits, and lets another take it at once', async () => {
    const lanes = await holdLanes(db, { seeds: SEEDS });
    const [hold] = lanes.holds;
    if (hold === undefined) throw new Error('no lane');
    await lanes.claim(0);
    expect(await lanes.within((tx) => releaseLane(tx, hold, 'drained'))).toBe(true);
    const targets = await lanes.within(
      (tx) =>
        tx.sql`select state, attempt, lane_id from crawl_targets where execution_id = ${lanes.executionId}`,
    );
    expect(targets).toEqual(SEEDS.map(() => ({ state: 'pending', attempt: 0, lane_id: null })));
    const permits = await lanes.within(
      (tx) => tx.sql`select 1 from host_permits where lane_id = ${hold.laneId}`,
    );
    expect(permits).toHaveLength(0);
    expect(await lanes.counters()).toMatchObject({ in_flight: 0 });
    expect(await begin(hold.laneId, 2)).not.toBeNull();
  });

  it('does nothing for a lane that another worker has by now', async () => {
    const lanes = await holdLanes(db, { seeds: SEEDS });
    const [old] = lanes.holds;
    if (old === undefined) throw new Error('no lane');
    await lanes.within((tx) => releaseLane(tx, old, 'drained'));
    const taken = await begin(old.laneId, 2);
    if (taken === null) throw new Error('the lane was not to be had');
    await lanes.within(
      (tx) => tx.sql`update crawl_targets set state = 'leased', lane_id = ${old.laneId}, lane_epoch = 2
      where execution_id = ${lanes.executionId}`,
    );
    expect(await lanes.within((tx) => releaseLane(tx, old, 'late'))).toBe(false);
    const leased = await lanes.within(
      (tx) =>
        tx.sql`select 1 from crawl_targets where execution_id = ${lanes.executionId} and state = 'leased'`,
    );
    expect(leased).toHaveLength(2);
    expect(await lanes.within((tx) => renewLane(tx, taken.hold, BEAT))).toBe('running');
  });

  it('tells a lane that was ended from one that was lost', async () => {
    const lanes = await holdLanes(db, { seeds: SEEDS });
    const [hold] = lanes.holds;
    if (hold === undefined) throw new Error('no lane');
    expect(await lanes.within((tx) => isLaneFinished(tx, hold.laneId))).toBe(false);
    await lanes.within(
      (tx) =>
        tx.sql`update execution_lanes set status = 'finished', lease_until = null where id = ${hold.laneId}`,
    );
    expect(await lanes.within((tx) => isLaneFinished(tx, hold.laneId))).toBe(true);
    expect(await lanes.within((tx) => isLaneFinished(tx, newId()))).toBe(false);
  });
});
