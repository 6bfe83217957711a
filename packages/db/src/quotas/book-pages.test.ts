import { newId } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { finishLanes } from '../executions/finish-lanes.js';
import { lockForCompletion } from '../executions/lock-for-completion.js';
import { claimTargets } from '../frontier/claim-targets.js';
import { commitBatch } from '../frontier/commit-batch.js';
import { beginLane } from '../lanes/begin-lane.js';
import { releaseLane } from '../lanes/release-lane.js';
import { returnLostLane } from '../lanes/return-lost-lanes.js';
import { returnUnheldTargets } from '../lanes/return-unheld-leases.js';
import { claimRequest, fetched, type HeldLanes, holdLanes } from '../lanes/testing/held-lanes.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { readTenantQuotas, setTenantQuotas } from './tenant-quotas.js';

let db: TestDatabase;
beforeEach(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterEach(() => db.drop());

const allow = (maxPagesPerDay: number | null) =>
  db.system.withSystem((tx) => setTenantQuotas(tx, db.tenantId, { maxPagesPerDay }));
const pagesToday = async (): Promise<number> =>
  (await db.system.withSystem((tx) => readTenantQuotas(tx, db.tenantId))).pagesToday;
/** What is fetched, in flight or set aside for a lane. */
const bookedToday = async (): Promise<number> => {
  const [row] = await db.system.withSystem(
    ({ sql }) =>
      sql<{ pages: number }[]>`select pages::float8 from tenant_page_days order by day desc limit 1`,
  );
  return row?.pages ?? 0;
};
/** Resolves once somebody waits for a lock. */
const oneWaits = () =>
  expect
    .poll(
      () =>
        db.asOwner(
          (sql) =>
            sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        ),
      { timeout: 10_000 },
    )
    .toHaveLength(1);
/** No host keeps a lane from its pages. */
const politeness = { maxConcurrencyPerHost: 200 };
const seeds = (count: number, site: string): string[] =>
  Array.from({ length: count }, (_, n) => `http://${site}${n % 8}.test/${n}`);

/** Crawls with every lane at once until the quota or the frontier ends it; returns the pages that were fetched. */
async function crawl(lanes: HeldLanes, wanted = 7): Promise<number> {
  let pages = 0;
  const one = async (at: number): Promise<void> => {
    for (;;) {
      const claimed = await lanes.claim(at, { wanted });
      if (claimed.waitingReason === 'quota_pages' || claimed.waitingReason === 'frontier_empty') return;
      await lanes.commit(
        at,
        claimed.targets.map((target) => fetched(target)),
      );
      pages += claimed.targets.length;
    }
  };
  await Promise.all(lanes.holds.map((_, at) => one(at)));
  return pages;
}

describe('a quota of pages per day', () => {
  it('A13: is met to the page by lanes of several executions that claim at once, and never exceeded', async () => {
    await allow(333);
    const all = await Promise.all(
      ['a', 'b', 'c'].map((site) =>
        holdLanes(db, { seeds: seeds(200, site), config: { lanes: 3, politeness } }),
      ),
    );
    const pages = await Promise.all(all.map((lanes) => crawl(lanes)));
    expect(pages.reduce((sum, count) => sum + count, 0)).toBe(333);
    expect(await pagesToday()).toBe(333);
    const [first] = all;
    expect(await first?.claim(0)).toMatchObject({ targets: [], waitingReason: 'quota_pages' });
  });

  it('locks the row of the day once for many pages', async () => {
    await allow(100_000);
    const lanes = await holdLanes(db, { seeds: seeds(300, 'a') });
    expect(await crawl(lanes, 10)).toBe(300);
    expect(await bookedToday()).toBe(500);
    expect(await pagesToday()).toBe(300);
    await lanes.within((tx) => finishLanes(tx, lanes.executionId));
    expect([await bookedToday(), await pagesToday()]).toEqual([300, 300]);
  });

  it('counts only what an answer was recorded for: what failed or goes back is booked anew', async () => {
    await allow(10);
    const lanes = await holdLanes(db, { seeds: seeds(40, 'a') });
    const claimed = await lanes.claim(0, { wanted: 10 });
    expect(claimed.targets).toHaveLength(10);
    const settled = claimed.targets.map((target, n) =>
      n < 4
        ? fetched(target)
        : { ...fetched(target), verdict: { kind: 'retry', delayMs: 0, countAttempt: false } as const },
    );
    await lanes.commit(0, settled);
    expect((await lanes.claim(0, { wanted: 10 })).targets).toHaveLength(6);
  });

  it('gets back what a lane had booked when it is given back, and when it is lost', async () => {
    await allow(10_000);
    const both = [
      await holdLanes(db, { seeds: seeds(40, 'a') }),
      await holdLanes(db, { seeds: seeds(40, 'b') }),
    ];
    for (const lanes of both) {
      const [first] = (await lanes.claim(0, { wanted: 4 })).targets;
      if (first === undefined) throw new Error('nothing was claimed');
      await lanes.commit(0, [fetched(first)]);
    }
    expect(await bookedToday()).toBeGreaterThan(500);
    expect(await pagesToday()).toBe(2);
    const [given, lost] = both.map(({ holds }) => holds[0]);
    if (given === undefined || lost === undefined) throw new Error('two lanes were wanted');
    await db.system.withSystem((tx) => releaseLane(tx, given, 'drained'));
    await db.system.withSystem(async (tx) => {
      await tx.sql`update execution_lanes set lease_until = now() - interval '1 second' where id = ${lost.laneId}`;
      await returnLostLane(tx, lost);
    });
    expect([await bookedToday(), await pagesToday()]).toEqual([2, 2]);
  });

  it('its row of the day is locked before a lost lane, as whoever gives a lane back does', async () => {
    await allow(100);
    const lanes = await holdLanes(db, { seeds: seeds(20, 'a'), config: { politeness } });
    const [lost] = lanes.holds;
    if (lost === undefined) throw new Error('a lane was wanted');
    await lanes.claim(0, { wanted: 5 });
    await db.system.withSystem(
      ({ sql }) =>
        sql`update execution_lanes set lease_until = now() - interval '1 second' where id = ${lost.laneId}`,
    );
    const returning: Promise<unknown>[] = [];
    await db.system.withSystem(async ({ sql }) => {
      await sql`select from tenant_page_days for update`;
      returning.push(db.system.withSystem((tx) => returnLostLane(tx, lost)));
      await oneWaits();
      // Held already, this is where the two would wait for each other.
      await sql`select from execution_lanes where id = ${lost.laneId} for update nowait`;
    });
    expect(await Promise.all(returning)).toEqual([
      { targetsReturned: 5, quarantined: 0, permitsReleased: expect.any(Number) },
    ]);
    expect(await bookedToday()).toBe(0);
  });

  it('begins anew at midnight (UTC); what is in flight then is booked on the new day', async () => {
    await allow(20);
    const lanes = await holdLanes(db, { seeds: seeds(80, 'a') });
    const before = await lanes.claim(0, { wanted: 20 });
    expect((await lanes.claim(0, { wanted: 1 })).waitingReason).toBe('quota_pages');
    await db.system.withSystem(async ({ sql }) => {
      await sql`update tenant_page_days set day = day - 1`;
      await sql`update execution_lanes set page_day = page_day - 1`;
    });
    await lanes.commit(
      0,
      before.targets.slice(0, 15).map((target) => fetched(target)),
    );
    expect((await lanes.claim(0, { wanted: 20 })).targets).toHaveLength(15);
    expect((await lanes.claim(0, { wanted: 1 })).waitingReason).toBe('quota_pages');
    expect([await bookedToday(), await pagesToday()]).toEqual([20, 15]);
  });

  it('binds from the moment it is set, and no longer once it is lifted', async () => {
    const lanes = await holdLanes(db, { seeds: seeds(60, 'a') });
    expect((await lanes.claim(0, { wanted: 5 })).targets).toHaveLength(5);
    expect(await pagesToday()).toBe(0);
    await allow(8);
    expect((await lanes.claim(0, { wanted: 5 })).targets).toHaveLength(3);
    await allow(null);
    expect((await lanes.claim(0, { wanted: 5 })).targets).toHaveLength(5);
  });

  it('that is set at noon knows of the morning, and of what is in flight then', async () => {
    const lanes = await holdLanes(db, { seeds: seeds(90, 'a'), config: { politeness } });
    const morning = (await lanes.claim(0, { wanted: 40 })).targets;
    await lanes.commit(
      0,
      morning.slice(0, 30).map((target) => fetched(target)),
    );
    expect(await pagesToday()).toBe(30);
    await allow(50);
    expect(await pagesToday()).toBe(30);
    // Ten of the morning's are still in flight.
    const noon = (await lanes.claim(0, { wanted: 50 })).targets;
    expect(noon).toHaveLength(10);
    await lanes.commit(
      0,
      [...morning.slice(30), ...noon].map((target) => fetched(target)),
    );
    expect(await pagesToday()).toBe(50);
    expect((await lanes.claim(0, { wanted: 50 })).waitingReason).toBe('quota_pages');
  });

  it('that is set while lanes claim and commit is met to the page', async () => {
    const lanes = await holdLanes(db, { seeds: seeds(2_000, 'a'), config: { lanes: 3, politeness } });
    const crawling = crawl(lanes, 10);
    await expect.poll(pagesToday, { interval: 10, timeout: 20_000 }).toBeGreaterThan(50);
    await allow(1_500);
    expect(await crawling).toBe(1_500);
    expect([await bookedToday(), await pagesToday()]).toEqual([1_500, 1_500]);
  });

  it('that is set while an execution ends waits for that', async () => {
    await allow(100);
    const lanes = await holdLanes(db, { seeds: seeds(20, 'a'), config: { politeness } });
    const { targets } = await lanes.claim(0, { wanted: 5 });
    await lanes.commit(
      0,
      targets.map((target) => fetched(target)),
    );
    await allow(null);
    const setting: Promise<unknown>[] = [];
    await lanes.within(async (tx) => {
      expect(await lockForCompletion(tx, lanes.executionId)).toBe(true);
      setting.push(allow(50));
      await oneWaits();
      await finishLanes(tx, lanes.executionId);
    });
    await Promise.all(setting);
    expect([await bookedToday(), await pagesToday()]).toEqual([5, 5]);
  });

  it('that is set while a lane is being taken knows what comes of that', async () => {
    const lanes = await holdLanes(db, { seeds: seeds(40, 'a'), config: { politeness } });
    const [left] = lanes.holds;
    if (left === undefined) throw new Error('a lane was wanted');
    await db.system.withSystem((tx) => releaseLane(tx, left, 'drained'));
    const setting: Promise<unknown>[] = [];
    await lanes.within(async (tx) => {
      const offer = { laneId: left.laneId, epoch: left.epoch + 1 };
      const taken = await beginLane(tx, offer, { instanceId: newId(), leaseMs: 60_000 });
      if (taken === null) throw new Error('the lane was not to be had');
      const claimed = await claimTargets(tx, taken.hold, claimRequest(lanes.config, { wanted: 5 }));
      if (claimed.kind === 'lost') throw new Error('the lane is lost');
      const settlements = claimed.targets.map((target) => fetched(target));
      await commitBatch(tx, taken.hold, { settlements, scopeHosts: [] });
      setting.push(allow(8));
      await oneWaits();
    });
    await Promise.all(setting);
    expect([await bookedToday(), await pagesToday()]).toEqual([5, 5]);
  });

  it('gets back what a claim took whose answer was lost', async () => {
    await allow(10);
    const lanes = await holdLanes(db, { seeds: seeds(40, 'a'), config: { politeness } });
    const [hold] = lanes.holds;
    if (hold === undefined) throw new Error('a lane was wanted');
    expect((await lanes.claim(0, { wanted: 10 })).targets).toHaveLength(10);
    expect(await lanes.within((tx) => returnUnheldTargets(tx, hold, []))).toBe(10);
    expect(await crawl(lanes)).toBe(10);
    expect([await bookedToday(), await pagesToday()]).toEqual([10, 10]);
  });

  it('that is lifted and set again counts what was fetched between, once', async () => {
    const lanes = await holdLanes(db, { seeds: seeds(90, 'a'), config: { politeness } });
    const fetch = async (wanted: number): Promise<number> => {
      const { targets } = await lanes.claim(0, { wanted });
      await lanes.commit(
        0,
        targets.map((target) => fetched(target)),
      );
      return targets.length;
    };
    await allow(100);
    expect(await fetch(10)).toBe(10);
    await allow(null);
    expect(await fetch(10)).toBe(10);
    expect(await pagesToday()).toBe(20);
    await allow(25);
    expect(await pagesToday()).toBe(20);
    expect(await fetch(10)).toBe(5);
    expect(await fetch(10)).toBe(0);
    expect(await pagesToday()).toBe(25);
  });

  it('goes on to count what was fetched of a campaign that is removed', async () => {
    await allow(100);
    const lanes = await holdLanes(db, { seeds: seeds(20, 'a'), config: { politeness } });
    const { targets } = await lanes.claim(0, { wanted: 10 });
    await lanes.commit(
      0,
      targets.map((target) => fetched(target)),
    );
    await db.system.withSystem(({ sql }) => sql`delete from campaign_metrics`);
    expect(await pagesToday()).toBe(10);
    await allow(null);
    await allow(100);
    expect(await pagesToday()).toBe(10);
  });

  it('of another tenant is not touched', async () => {
    await allow(0);
    const other = newId();
    await db.system.withSystem((tx) => tx.sql`insert into tenants (id, name) values (${other}, 'other')`);
    const lanes = await holdLanes({ ...db, tenantId: other }, { seeds: seeds(5, 'a') });
    expect((await lanes.claim(0, { wanted: 5 })).targets).toHaveLength(5);
  });
});
