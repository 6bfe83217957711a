import { urlKey } from '@outrider/shared';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openConnection } from '../connect/connection.js';
import { lockExecution } from '../executions/lock-execution.js';
import { transitionExecution } from '../executions/transition-execution.js';
import { renewLane } from '../lanes/renew-lane.js';
import { claimRequest, discovery, fetched, holdLanes } from '../lanes/testing/held-lanes.js';
import { openOperation } from '../operations/open-operation.js';
import { readOperation } from '../operations/read-operations.js';
import { readStallFacts } from '../stalls/read-stall-facts.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { claimTargets } from './claim-targets.js';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

const urls = (host: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `http://${host}/${n}`);

describe('a claim', () => {
  it('leases pending URLs to the lane and counts the attempt', async () => {
    const lanes = await holdLanes(db, { seeds: urls('lease.test', 3) });
    const { targets, waitingReason } = await lanes.claim(0);
    expect(targets.map(({ url, attempt }) => [url, attempt])).toEqual(
      urls('lease.test', 3).map((url) => [url, 1]),
    );
    expect(waitingReason).toBeNull();
    expect(await lanes.counters()).toMatchObject({ in_flight: 3 });
    expect((await lanes.claim(0)).waitingReason).toBe('frontier_empty');
  });

  it('passes by what the worker said it had before, so that a URL that ends it at once is no leak', async () => {
    const lanes = await holdLanes(db, { seeds: urls('beat.test', 1) });
    const hold = lanes.holds[0];
    if (hold === undefined) throw new Error('no lane is held');
    const heldBy = async (laneLeaseMs = 60_000) => {
      const facts = await db.system.withSystem((tx) => readStallFacts(tx, lanes.executionId, laneLeaseMs));
      return facts?.lanes.map(({ held, leased }) => ({ held, leased }));
    };
    const beat = (held: number) =>
      lanes.within((tx) => renewLane(tx, hold, { leaseMs: 60_000, memoryMb: 1, waitingReason: null, held }));
    await beat(0);
    expect(await heldBy()).toEqual([{ held: 0, leased: 0 }]);
    await lanes.claim(0);
    expect(await heldBy()).toEqual([{ held: null, leased: 1 }]);
    await lanes.claim(0);
    await beat(1);
    expect(await heldBy()).toEqual([{ held: 1, leased: 1 }]);
    // What was said half a lease ago counts for nothing either.
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await heldBy(10)).toEqual([{ held: null, leased: 1 }]);
  });

  it('is what an order to go on has asked for, where the lane has never let go', async () => {
    const lanes = await holdLanes(db, { seeds: urls('resumed.test', 3) });
    const { executionId } = lanes;
    const by = { cause: 'request', askedBy: 'a test', reason: null, graceMs: 0 } as const;
    const order = (kind: 'pause' | 'resume', to: 'pausing' | 'running') =>
      lanes.within(async (tx) => {
        await lockExecution(tx, executionId);
        const id = await openOperation(tx, { ...by, executionId, kind });
        await transitionExecution(tx, { executionId, to, by: 'a test' });
        return id;
      });
    const stateOf = async (id: string) => (await lanes.within((tx) => readOperation(tx, id))).state;
    const paused = await order('pause', 'pausing');
    expect(await lanes.claim(0)).toMatchObject({ executionStatus: 'pausing', targets: [] });
    expect(await stateOf(paused)).toBe('running');
    const resumed = await order('resume', 'running');
    expect(await stateOf(resumed)).toBe('running');
    await lanes.claim(0);
    expect([await stateOf(paused), await stateOf(resumed)]).toEqual(['superseded', 'done']);
  });

  it('takes what is closer to a seed first, and then what was found first', async () => {
    const lanes = await holdLanes(db, { seeds: ['http://breadth.test/'] });
    const [seed] = (await lanes.claim(0)).targets;
    if (seed === undefined) throw new Error('the seed was not claimed');
    const deep = discovery('http://breadth.test/deep', { depth: 3, priority: 997 });
    const near = ['b', 'a', 'c'].map((name) => discovery(`http://breadth.test/${name}`));
    await lanes.commit(0, [fetched(seed, [deep])]);
    for (const one of near) {
      await lanes.within(
        (tx) => tx.sql`
        insert into crawl_targets (execution_id, tenant_id, url_key, url, host, depth, priority)
        values (${lanes.executionId}, ${db.tenantId}, ${one.urlKey}, ${one.url}, ${one.host}, 1, 999)`,
      );
    }
    const { targets } = await lanes.claim(0);
    expect(targets.map(({ url }) => url.slice(-1))).toEqual(['b', 'a', 'c', 'p']);
  });

  it('reads what it takes and not the whole frontier, however much is pending', async () => {
    const lanes = await holdLanes(db, { seeds: ['http://large.test/'] });
    await lanes.within(
      (tx) => tx.sql`
        insert into crawl_targets (execution_id, tenant_id, url_key, url, host, depth, priority)
        select ${lanes.executionId}, ${db.tenantId}, gen_random_uuid(), 'http://large.test/' || n, 'large.test', 1, 999
        from generate_series(1, 30000) as n`,
    );
    // The planner's choice follows what it knows of the table.
    const owner = await openConnection({ url: db.url, parameters: {} });
    await owner.sql`analyze crawl_targets`;
    await owner.end();
    const hold = lanes.holds[0];
    if (hold === undefined) throw new Error('no lane is held');
    const [read] = await lanes.within(async (tx) => {
      const outcome = await claimTargets(tx, hold, claimRequest(lanes.config, { wanted: 256 }));
      expect(outcome).toMatchObject({ targets: { length: 256 } });
      return tx.sql<{ rows: number }[]>`
        select sum(seq_tup_read)::int as rows from pg_stat_xact_user_tables where relname like 'crawl\_targets%'`;
    });
    expect(read?.rows).toBe(0);
  });

  it('leaves a URL alone until its moment has come', async () => {
    const lanes = await holdLanes(db, { seeds: urls('later.test', 2) });
    await lanes.within(
      (tx) => tx.sql`update crawl_targets set not_before = now() + interval '1 hour'
        where execution_id = ${lanes.executionId} and url_key = ${urlKey('http://later.test/0')}`,
    );
    expect((await lanes.claim(0)).targets.map(({ url }) => url)).toEqual(['http://later.test/1']);
    expect((await lanes.claim(0)).waitingReason).toBe('retry_later');
  });

  it('with room for nothing takes nothing, and gives no reason to wait', async () => {
    const lanes = await holdLanes(db, { seeds: urls('nothing.test', 2) });
    const outcome = await lanes.claim(0, { wanted: 0 });
    expect(outcome).toMatchObject({ targets: [], grants: [], waitingReason: null });
  });

  it('with room for nothing still shares out the permits of the hosts the lane works on', async () => {
    const lanes = await holdLanes(db, { seeds: urls('share.test', 9), config: { lanes: 2 } });
    await lanes.claim(0, { wanted: 4 });
    expect((await lanes.claim(1)).waitingReason).toBe('host_busy');
    const held = new Set(['share.test']);
    const refreshed = await lanes.claim(0, { wanted: 0, held, inFlight: new Map([['share.test', 1]]) });
    expect(refreshed.grants).toMatchObject([{ host: 'share.test', permits: 2, claims: 0 }]);
    expect((await lanes.claim(1)).grants).toMatchObject([{ permits: 2 }]);
  });

  it('takes one URL at a time from a host whose robots.txt is not known yet', async () => {
    const lanes = await holdLanes(db, { seeds: urls('unread.test', 5) });
    const unknown = { delayOf: () => undefined };
    expect((await lanes.claim(0, unknown)).targets).toHaveLength(1);
    const again = await lanes.claim(0, { ...unknown, held: new Set(['unread.test']) });
    expect(again.targets).toHaveLength(0);
    expect(again.grants).toMatchObject([{ permits: 4 }]);
  });

  it('is refused to an older epoch, to a lapsed lease and to a lane that was given back', async () => {
    const lanes = await holdLanes(db, { seeds: urls('fenced.test', 2), config: { lanes: 3 } });
    const [stale, lapsed, given] = lanes.holds;
    if (stale === undefined || lapsed === undefined || given === undefined) throw new Error('no lanes');
    await lanes.within(async ({ sql }) => {
      await sql`update execution_lanes set epoch = 2 where id = ${stale.laneId}`;
      await sql`update execution_lanes set lease_until = now() - interval '1 ms' where id = ${lapsed.laneId}`;
      await sql`update execution_lanes set status = 'waiting', lease_until = null where id = ${given.laneId}`;
    });
    for (const hold of lanes.holds) {
      const outcome = await lanes.within((tx) => claimTargets(tx, hold, claimRequest(lanes.config)));
      expect(outcome).toEqual({ kind: 'lost' });
    }
    expect(await lanes.counters()).toMatchObject({ in_flight: 0 });
  });

  it.each([
    ['stopping', 'not_running'],
    ['paused', 'not_running'],
  ])('takes nothing of an execution that is %s', async (status, reason) => {
    const lanes = await holdLanes(db, { seeds: urls('halted.test', 2) });
    await lanes.within(
      (tx) => tx.sql`update campaign_executions set status = ${status} where id = ${lanes.executionId}`,
    );
    expect(await lanes.claim(0)).toMatchObject({
      targets: [],
      waitingReason: reason,
      executionStatus: status,
    });
  });

  it('takes nothing once the time of the execution is over', async () => {
    const lanes = await holdLanes(db, {
      seeds: urls('late.test', 2),
      config: { scope: { maxDurationSeconds: 60 } },
    });
    await lanes.within(
      (tx) =>
        tx.sql`update campaign_executions set started_at = now() - interval '61 s' where id = ${lanes.executionId}`,
    );
    expect(await lanes.claim(0)).toMatchObject({ targets: [], waitingReason: 'duration_limit' });
  });
});

describe('the page limit', () => {
  it('is exact with three lanes claiming at once, over 30 rounds', async () => {
    const maxPages = 97;
    const lanes = await holdLanes(db, {
      seeds: urls('limit.test', 150),
      config: { lanes: 3, scope: { maxPages }, politeness: { maxConcurrencyPerHost: 30 } },
    });
    const taken = new Set<string>();
    for (let round = 0; round < 30; round += 1) {
      const claims = await Promise.all([0, 1, 2].map((lane) => lanes.claim(lane, { wanted: 2 })));
      const keys = claims.flatMap(({ targets }) => targets.map((target) => target.urlKey));
      for (const key of keys) taken.add(key);
      const { in_flight = 0, fetched: done = 0 } = await lanes.counters();
      expect(in_flight + done).toBeLessThanOrEqual(maxPages);
      // One of each lane's URLs fails: it was no page, so another takes its place.
      await Promise.all(
        claims.map(({ targets }, lane) =>
          lanes.commit(
            lane,
            targets.map((target, n) =>
              n === 0 && round < 5
                ? { ...fetched(target), verdict: { kind: 'failed', failureCode: 'test' } }
                : fetched(target),
            ),
          ),
        ),
      );
    }
    const { failed = 0, ...counters } = await lanes.counters();
    expect(counters).toMatchObject({ fetched: maxPages, in_flight: 0 });
    expect(failed).toBeGreaterThan(5);
    expect(taken.size).toBe(maxPages + failed);
    expect((await lanes.claim(0)).waitingReason).toBe('page_limit');
  });

  it('is not passed by lanes that ask at the very same moment for the last page', async () => {
    for (let round = 0; round < 10; round += 1) {
      const host = `last-${round}.test`;
      const lanes = await holdLanes(db, {
        seeds: urls(host, 8),
        config: { lanes: 4, scope: { maxPages: 1 } },
      });
      // Each has its share of the host's permits before, so that only the page limit stands between them.
      const sharing = { wanted: 0, held: new Set([host]) };
      for (let turn = 0; turn < 2; turn += 1) {
        for (const lane of [0, 1, 2, 3]) await lanes.claim(lane, sharing);
      }
      const claims = await Promise.all([0, 1, 2, 3].map((lane) => lanes.claim(lane)));
      expect(claims.every(({ grants }) => grants.every(({ permits }) => permits > 0))).toBe(true);
      expect(claims.flatMap(({ targets }) => targets)).toHaveLength(1);
    }
  });
});

describe('many hosts', () => {
  it('take turns, so that none of 500 waits behind the others', async () => {
    const hosts = Array.from({ length: 500 }, (_, n) => `h${String(n).padStart(3, '0')}.test`);
    const lanes = await holdLanes(db, { seeds: hosts.flatMap((host) => urls(host, 4)) });
    const served = new Map<string, number>();
    let afterHost = '';
    let claims = 0;
    while (served.size < hosts.length && claims < 60) {
      const outcome = await lanes.claim(0, { wanted: 16, afterHost });
      afterHost = outcome.lastHost;
      claims += 1;
      for (const { host } of outcome.targets) served.set(host, (served.get(host) ?? 0) + 1);
      await lanes.commit(
        0,
        outcome.targets.map((target) => fetched(target)),
      );
    }
    expect(served.size).toBe(500);
    // 16 at a time: every host once before any comes twice.
    expect(claims).toBe(Math.ceil(500 / 16));
    expect(Math.max(...served.values())).toBeLessThanOrEqual(2);
  });

  it('share a claim, and one with many URLs gets what the others leave in later claims', async () => {
    const lanes = await holdLanes(db, { seeds: [...urls('big.test', 60), 'http://small.test/'] });
    const { targets } = await lanes.claim(0, { wanted: 20 });
    expect(targets.filter(({ host }) => host === 'small.test')).toHaveLength(1);
    expect(targets.filter(({ host }) => host === 'big.test')).toHaveLength(10);
  });
});

describe('the pace of a host', () => {
  it('is reserved across lanes: no two fetches may start closer than the delay', async () => {
    const config = { lanes: 3, politeness: { delayMs: 500, maxConcurrencyPerHost: 8 } };
    const lanes = await holdLanes(db, { seeds: urls('paced.test', 40), config });
    const starts: number[] = [];
    const claimAs = async (lane: number): Promise<void> => {
      for (let round = 0; round < 30 && starts.length < 10; round += 1) {
        const { targets } = await lanes.claim(lane, { wanted: 2 });
        const now = performance.now();
        starts.push(...targets.map(({ startInMs }) => now + startInMs));
      }
    };
    await Promise.all([0, 1, 2].map(claimAs));
    starts.sort((a, b) => a - b);
    expect(starts.length).toBeGreaterThanOrEqual(10);
    const gaps = starts.slice(1).map((start, n) => start - (starts[n] ?? 0));
    // Each is measured from the moment its claim was answered, which is a little after the database's.
    expect(Math.min(...gaps)).toBeGreaterThan(250);
  });

  it('is not used up by claims that find nothing to fetch', async () => {
    const lanes = await holdLanes(db, {
      seeds: ['http://waste.test/'],
      config: { politeness: { delayMs: 1_000 } },
    });
    await lanes.within(
      (tx) =>
        tx.sql`update crawl_targets set not_before = now() + interval '1 hour' where execution_id = ${lanes.executionId}`,
    );
    for (let n = 0; n < 5; n += 1) await lanes.claim(0);
    await lanes.within(
      (tx) =>
        tx.sql`update crawl_targets set not_before = '-infinity' where execution_id = ${lanes.executionId}`,
    );
    expect((await lanes.claim(0)).targets).toMatchObject([{ startInMs: 0 }]);
  });

  it('lets nobody fetch while the host asked to be left alone', async () => {
    const lanes = await holdLanes(db, { seeds: urls('backoff.test', 2) });
    await lanes.within(
      (tx) =>
        tx.sql`insert into crawl_hosts (host, backoff_until) values ('backoff.test', now() + interval '1 minute')`,
    );
    const outcome = await lanes.claim(0);
    expect(outcome.targets).toEqual([]);
    expect(outcome.waitingReason).toBe('host_backoff');
  });
});

describe('a URL that was with two dying lanes', () => {
  async function suspect(executionId: string, url: string, losses: number): Promise<void> {
    await db.system.withSystem(
      (tx) => tx.sql`update crawl_targets set lease_losses = ${losses}
        where execution_id = ${executionId} and url_key = ${urlKey(url)}`,
    );
  }

  it('comes last, alone, and only to a lane that holds nothing', async () => {
    const [poison = '', ...others] = urls('poison.test', 4);
    const lanes = await holdLanes(db, { seeds: [poison, ...others] });
    await suspect(lanes.executionId, poison, 2);
    const first = await lanes.claim(0);
    expect(first.targets.map(({ url }) => url)).toEqual(others);
    expect((await lanes.claim(0, { held: new Set(['poison.test']) })).targets).toEqual([]);
    await lanes.commit(
      0,
      first.targets.map((target) => fetched(target, [])),
    );
    expect((await lanes.claim(0)).targets.map(({ url }) => url)).toEqual([poison]);
  });

  it('has no company from others like it', async () => {
    const seeds = urls('suspects.test', 3);
    const lanes = await holdLanes(db, { seeds });
    for (const url of seeds) await suspect(lanes.executionId, url, 2);
    expect((await lanes.claim(0)).targets).toHaveLength(1);
  });

  it('is trusted like any other after one death', async () => {
    const seeds = urls('once.test', 3);
    const lanes = await holdLanes(db, { seeds });
    for (const url of seeds) await suspect(lanes.executionId, url, 1);
    expect((await lanes.claim(0)).targets).toHaveLength(3);
  });
});
