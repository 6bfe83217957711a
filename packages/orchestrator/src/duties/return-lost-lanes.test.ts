import { commitBatch, renewLane, type Tx } from '@outrider/db';
import { type PlantedExecution, plantExecution, settleUrl } from '@outrider/db/testing';
import { urlKey } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  lapseLease,
  openTestPlatform,
  readEvents,
  repairsOf,
  type TestPlatform,
  takeTestLane,
} from '../testing/test-platform.js';
import { completeExecutions } from './complete-executions.js';
import { dispatchLanes } from './dispatch-lanes.js';
import { returnLostLanes } from './return-lost-lanes.js';

const SEEDS = ['https://a.test/1', 'https://a.test/2', 'https://a.test/3'];
/** PostgreSQL's largest bigint. */
const LAST_EPOCH = '9223372036854775807';
const POISON = 'https://a.test/1';

let platform: TestPlatform;
let planted: PlantedExecution;

beforeEach(async () => {
  platform = await openTestPlatform('postgres', 14);
  planted = await plantExecution(platform.db, { seeds: SEEDS });
});
afterEach(() => platform.close());

const within = <T>(work: (tx: Tx) => Promise<T>) => platform.db.app.withTenant(platform.db.tenantId, work);
const returnLost = () => returnLostLanes(platform);
const laneId = (): string => planted.laneIds[0] ?? '';

/** A worker takes the lane, leases these URLs, and falls silent. */
async function loseLane(epoch: number, urls: readonly string[]) {
  const hold = await takeTestLane(platform, laneId(), { epoch });
  await within(async (tx) => {
    for (const url of urls) await settleUrl(tx, planted.executionId, url, { leasedBy: laneId(), epoch });
    await tx.sql`insert into host_permits (host, lane_id, lane_epoch, permits, host_limit, lease_until)
      values ('a.test', ${laneId()}, ${epoch}, 2, 4, now() + interval '1 hour')`;
  });
  await lapseLease(platform, laneId());
  return hold;
}

const readTarget = async (url: string) => {
  const rows = await within(
    ({ sql }) =>
      sql`select state, attempt, lease_losses, lane_id, failure_code from crawl_targets where url_key = ${urlKey(url)}`,
  );
  return rows[0];
};

const readLane = async () => {
  const rows = await within(
    ({ sql }) => sql`select status, epoch, instance_id, lease_until, in_flight, failed, errors, dispatched_at
      from execution_lanes where id = ${laneId()}`,
  );
  return rows[0];
};

describe('a lost lane', () => {
  it('waits for another worker, its targets are pending again and its permits free', async () => {
    const hold = await loseLane(1, SEEDS.slice(0, 2));
    expect(await returnLost()).toEqual({ lanes: 1, targets: 2, quarantined: 0, permits: 1 });

    expect(await readLane()).toMatchObject({
      status: 'waiting',
      epoch: 2,
      instance_id: null,
      lease_until: null,
      in_flight: 0,
      dispatched_at: null,
    });
    expect(await readTarget(SEEDS[0] ?? '')).toEqual({
      state: 'pending',
      attempt: 0,
      lease_losses: 1,
      lane_id: null,
      failure_code: null,
    });
    expect((await readEvents(platform, planted.executionId)).at(-1)).toMatchObject({
      type: 'lane.lost',
      payload: { laneId: laneId(), instanceId: hold.instanceId, epoch: 1, targetsReturned: 2 },
    });
    expect(await repairsOf(platform.metrics, 'lane_reclaimed')).toBe(1);
    expect(await repairsOf(platform.metrics, 'targets_returned')).toBe(2);
    expect(await repairsOf(platform.metrics, 'permits_released')).toBe(1);
  });

  it('refuses every write of its old worker at once, before another has taken it', async () => {
    const hold = await loseLane(1, SEEDS.slice(0, 1));
    await returnLost();
    const verdict = { kind: 'failed', failureCode: 'timeout' } as const;
    const settlement = { urlKey: urlKey(SEEDS[0] ?? ''), verdict, discoveries: [], errors: [] };
    const batch = { settlements: [settlement], scopeHosts: [] };
    expect(await within((tx) => commitBatch(tx, hold, batch))).toEqual({ kind: 'refused' });
    const beat = { leaseMs: 60_000, memoryMb: 1, waitingReason: null, held: 0 };
    expect(await within((tx) => renewLane(tx, hold, beat))).toBeNull();
    expect(await readTarget(SEEDS[0] ?? '')).toMatchObject({ state: 'pending' });
  });

  it('is offered again at once, for an epoch of its own', async () => {
    await loseLane(1, []);
    await returnLost();
    expect(await dispatchLanes({ ...platform, reofferAfterMs: 10_000 })).toMatchObject({ offered: 1 });
    const lane = await readLane();
    await takeTestLane(platform, laneId(), { epoch: Number(lane?.['epoch']) + 1 });
    await expect(takeTestLane(platform, laneId(), { epoch: 2 })).rejects.toThrow('not to be had');
  });

  it('is returned once by twenty orchestrators at once', async () => {
    const lost = await Promise.all(
      Array.from({ length: 5 }, () => plantExecution(platform.db, { seeds: SEEDS })),
    );
    for (const one of lost) {
      await takeTestLane(platform, one.laneIds[0] ?? '');
      await lapseLease(platform, one.laneIds[0] ?? '');
    }
    const reports = await Promise.all(Array.from({ length: 20 }, returnLost));
    expect(reports.reduce((sum, { lanes }) => sum + (lanes ?? 0), 0)).toBe(5);
    for (const one of lost) {
      const events = await readEvents(platform, one.executionId);
      expect(events.filter(({ type }) => type === 'lane.lost')).toHaveLength(1);
    }
  });

  it('that cannot be returned holds up neither the others nor stray targets', async () => {
    await loseLane(1, []);
    const other = await plantExecution(platform.db, { seeds: SEEDS });
    const otherLane = other.laneIds[0] ?? '';
    await takeTestLane(platform, otherLane);
    await lapseLease(platform, otherLane);
    const third = await plantExecution(platform.db, { seeds: SEEDS });
    const thirdLane = third.laneIds[0] ?? '';
    await takeTestLane(platform, thirdLane);
    await within((tx) => settleUrl(tx, third.executionId, POISON, { leasedBy: thirdLane, epoch: 0 }));
    // There is no next epoch for it, and it lapsed first, so that it is the first to be returned.
    await within(
      ({
        sql,
      }) => sql`update execution_lanes set epoch = ${LAST_EPOCH}::text::bigint, lease_until = lease_until - interval '1 hour'
        where id = ${laneId()}`,
    );

    expect(await returnLost()).toMatchObject({ lanes: 1, targets: 1 });
    expect(await readLane()).toMatchObject({ status: 'active' });
    const failures = platform.logged.filter(({ msg }) => String(msg).includes('could not be returned'));
    expect(failures).toMatchObject([
      { laneId: laneId(), err: { message: expect.stringContaining('out of range') } },
    ]);
  });

  it('does not count as lost while its lease runs', async () => {
    await takeTestLane(platform, laneId());
    expect(await returnLost()).toEqual({ lanes: 0, targets: 0, quarantined: 0, permits: 0 });
    expect(await readLane()).toMatchObject({ status: 'active', epoch: 1 });
  });
});

describe('a URL that was leased to three lanes that died', () => {
  it('is given up with evidence, and the execution goes on to balance', async () => {
    for (const losses of [1, 2, 3]) {
      const lane = await readLane();
      await loseLane(Number(lane?.['epoch']) + 1, [POISON]);
      expect(await returnLost()).toMatchObject({ quarantined: losses === 3 ? 1 : 0 });
    }
    expect(await readTarget(POISON)).toMatchObject({
      state: 'failed',
      failure_code: 'quarantined',
      lease_losses: 3,
    });
    expect(await readLane()).toMatchObject({ failed: 1, errors: 1 });
    const errors = await within(
      ({ sql }) => sql`select error_type, severity, error_code, url, host from campaign_errors`,
    );
    expect([...errors]).toEqual([
      {
        error_type: 'internal',
        severity: 'critical',
        error_code: 'quarantined',
        url: POISON,
        host: 'a.test',
      },
    ]);
    expect(await repairsOf(platform.metrics, 'url_quarantined')).toBe(1);

    await within(async (tx) => {
      for (const url of SEEDS.slice(1)) await settleUrl(tx, planted.executionId, url, { fetched: 200 });
    });
    expect(await completeExecutions(platform)).toEqual({ ended: 1 });
    const [row] = await within(
      ({
        sql,
      }) => sql`select status, errors_encountered, result_summary -> 'receipt' -> 'failedByCode' as failed,
        result_summary -> 'countersMatch' as counters from campaign_executions`,
    );
    expect(row).toEqual({
      status: 'completed',
      errors_encountered: 1,
      failed: { quarantined: 1 },
      counters: true,
    });
  });
});

describe('a target leased under an epoch that nobody holds', () => {
  it('returns to the frontier, while those of living lanes stay', async () => {
    const other = await plantExecution(platform.db, { seeds: SEEDS });
    await takeTestLane(platform, other.laneIds[0] ?? '');
    await within((tx) =>
      settleUrl(tx, other.executionId, POISON, { leasedBy: other.laneIds[0] ?? '', epoch: 1 }),
    );
    await loseLane(1, []);
    await returnLost();
    // A claim of the old epoch that commits only now.
    await within((tx) => settleUrl(tx, planted.executionId, POISON, { leasedBy: laneId(), epoch: 1 }));
    expect(await returnLost()).toMatchObject({ lanes: 0, targets: 1 });
    const states = await within(
      ({ sql }) =>
        sql`select execution_id, state from crawl_targets where url_key = ${urlKey(POISON)} order by execution_id`,
    );
    expect(states.map((row) => row['state'])).toEqual(['pending', 'leased']);
  });
});
