import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';
import { type HeldLanes, holdLanes } from '../lanes/testing/held-lanes.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { backOffHost } from './back-off.js';
import {
  grantFor,
  type HostGrant,
  type HostRequest,
  type HostStanding,
  SHARED_PACE_SPARE_MS,
} from './grant-host.js';
import {
  delayHost,
  grantHostPermits,
  keepHostPermits,
  reserveHostPace,
  takeHostPlace,
} from './lease-host-permits.js';

let db: TestDatabase;
const unused: LaneHold[] = [];

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
  for (let n = 0; n < 3; n += 1) {
    const { holds } = await holdLanes(db, { seeds: ['http://unused.test/'], config: { lanes: 16 } });
    unused.push(...holds);
  }
});
afterAll(() => db.drop());

const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => db.app.withTenant(db.tenantId, work);

/** A lane that no test has used. */
function someLane(): LaneHold {
  const hold = unused.pop();
  if (hold === undefined) throw new Error('more lanes are wanted');
  return hold;
}

function asking(host: string, changes: Partial<HostRequest> = {}): HostRequest {
  return { host, inFlight: 0, limit: 4, delayMs: 0, delayCause: null, wanted: 10, ...changes };
}

/** A host that nobody is on and that is well, except for the changes. */
function standing(changes: Partial<HostStanding> = {}): HostStanding {
  return {
    ...{ startInMs: 0, backOffLeftMs: -1e12, backOffLevel: 0, backOffCause: null, isFrozen: false },
    ...{
      others: 0,
      otherLanes: 0,
      othersLimit: null,
      othersDelayMs: null,
      othersPaceMs: null,
      ownPaceMs: null,
      hasRivals: false,
      turn: null,
    },
    ...{ baselineMs: null, responseMs: null, slowLevel: 0, slowChangedMsAgo: 1e12, failuresInARow: 0 },
    ...changes,
  };
}

const lease = (hold: LaneHold, requests: readonly HostRequest[], leaseMs = 60_000): Promise<HostGrant[]> =>
  within(async (tx) => {
    const grants = await grantHostPermits(tx, hold, requests, 60_000);
    await keepHostPermits(tx, hold, requests, grants, leaseMs);
    return grants;
  });

/** What is promised on a host at this moment, by lanes that live. */
async function promised(host: string): Promise<number> {
  const [row] = await within(
    (tx) => tx.sql<{ permits: number }[]>`
      select coalesce(sum(permits), 0)::int as permits from host_permits where host = ${host} and lease_until > now()`,
  );
  return row?.permits ?? 0;
}

describe('permits of a host', () => {
  it('all go to a lane that is alone', async () => {
    expect(await lease(someLane(), [asking('alone.test')])).toMatchObject([{ permits: 4, claims: 10 }]);
  });

  it('are shared evenly once a second lane asks, and never promised twice meanwhile', async () => {
    const [first, second] = [someLane(), someLane()];
    await lease(first, [asking('even.test')]);
    expect(await lease(second, [asking('even.test')])).toMatchObject([{ permits: 0, refusal: 'host_busy' }]);
    const busy = await lease(first, [asking('even.test', { inFlight: 4 })]);
    // It starts no more, but what is in flight keeps its permits.
    expect(busy).toMatchObject([{ permits: 2 }]);
    expect(await promised('even.test')).toBe(4);
    expect(await lease(second, [asking('even.test')])).toMatchObject([{ permits: 0 }]);
    await lease(first, [asking('even.test', { inFlight: 2 })]);
    expect(await lease(second, [asking('even.test')])).toMatchObject([{ permits: 2 }]);
    expect(await promised('even.test')).toBe(4);
  });

  it('are free again when the lease of their lane has lapsed', async () => {
    await lease(someLane(), [asking('lapsed.test')], 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await lease(someLane(), [asking('lapsed.test')])).toMatchObject([{ permits: 4 }]);
  });

  it('last as long when the claim that brought them had to wait for the host', async () => {
    const [waited, hold] = ['waited.test', someLane()];
    await lease(someLane(), [asking(waited)], 1);
    let isLocked = (): void => {};
    const locked = new Promise<void>((resolve) => {
      isLocked = resolve;
    });
    const holder = within(async (tx) => {
      await tx.sql`select 1 from crawl_hosts where host = ${waited} for update`;
      isLocked();
      await sleep(1_200);
    });
    await locked;
    await Promise.all([holder, lease(hold, [asking(waited)], 1_000)]);
    expect(await promised(waited)).toBe(4);
  });

  it('outlast a crash of the server when they are new, and cost no more than a claim when they are not', async () => {
    const hold = someLane();
    const durability = (wanted: readonly HostRequest[]): Promise<string | undefined> =>
      within(async (tx) => {
        await tx.sql`set local synchronous_commit = off`;
        const grants = await grantHostPermits(tx, hold, wanted, 60_000);
        await keepHostPermits(tx, hold, wanted, grants, 60_000);
        const [row] = await tx.sql<{ how: string }[]>`select current_setting('synchronous_commit') as how`;
        return row?.how;
      });
    expect(await durability([asking('durable.test', { limit: 2 })])).toBe('on');
    expect(await durability([asking('durable.test', { limit: 2 })])).toBe('off');
    expect(await durability([asking('durable.test', { limit: 1 })])).toBe('off');
    expect(await durability([asking('durable.test', { limit: 3 })])).toBe('on');
    expect(await durability([asking('durable.test', { limit: 3 }), asking('durable-too.test')])).toBe('on');
    expect(await durability([])).toBe('off');
  });

  it('are free again when their lane no longer asks for the host', async () => {
    const first = someLane();
    await lease(first, [asking('dropped.test'), asking('kept.test')]);
    await lease(first, [asking('kept.test')]);
    const second = await lease(someLane(), [asking('dropped.test'), asking('kept.test')]);
    expect(second.map(({ permits }) => permits)).toEqual([4, 0]);
  });

  it('stay as they are when a lane that was taken away asks late', async () => {
    const old = someLane();
    const taken = { ...old, epoch: 2 };
    await within((tx) => tx.sql`update execution_lanes set epoch = 2 where id = ${old.laneId}`);
    await lease(taken, [asking('taken.test')]);
    await lease(old, [asking('taken.test', { limit: 1 }), asking('other.test')]);
    expect([await promised('taken.test'), await promised('other.test')]).toEqual([4, 0]);
  });

  it('go by the limit of whoever asks, below what others hold already', async () => {
    await lease(someLane(), [asking('mixed.test', { limit: 6 })]);
    expect(await lease(someLane(), [asking('mixed.test', { limit: 2 })])).toMatchObject([{ permits: 0 }]);
  });

  it('are not promised twice to lanes that ask for a free host at the very same moment', async () => {
    const lanes = Array.from({ length: 4 }, someLane);
    for (let round = 0; round < 20; round += 1) {
      const host = `free-${round}.test`;
      await within((tx) => delayHost(tx, host, 0));
      await Promise.all(lanes.map((hold) => lease(hold, [asking(host)])));
      expect(await promised(host)).toBeLessThanOrEqual(4);
    }
  });

  it('of hosts that nobody has seen before lock no lane out, in whatever order they are asked for', async () => {
    const [first, second] = [someLane(), someLane()];
    for (let round = 0; round < 30; round += 1) {
      const hosts = Array.from({ length: 60 }, (_, n) => asking(`new-${round}-${n}.test`));
      await Promise.all([lease(first, hosts), lease(second, [...hosts].reverse())]);
    }
  });

  it('never pass the limit while four lanes ask at once for the same hosts, and every lane gets some', async () => {
    const limit = 4;
    const hosts = ['rush-c.test', 'rush-a.test', 'rush-b.test'];
    const lanes = Array.from({ length: 4 }, someLane);
    const inFlight = new Map<string, number>();
    const worked = new Set<string>();
    await Promise.all(
      lanes.map(async (hold, index) => {
        for (let round = 0; round < 40; round += 1) {
          const asked = hosts.map((host) =>
            asking(host, { limit, inFlight: inFlight.get(`${host} ${index}`) ?? 0 }),
          );
          // Each lane names the hosts in an order of its own.
          const rotated = [...asked.slice(index % 3), ...asked.slice(0, index % 3)];
          const grants = await lease(hold, rotated);
          for (const { host, permits } of grants) {
            const now = inFlight.get(`${host} ${index}`) ?? 0;
            inFlight.set(`${host} ${index}`, Math.max(now - 1, permits));
            if (permits > 0) worked.add(`${host} ${index}`);
            const all = lanes.reduce((sum, _, n) => sum + (inFlight.get(`${host} ${n}`) ?? 0), 0);
            expect(all).toBeLessThanOrEqual(limit);
          }
        }
      }),
    );
    expect(worked.size).toBe(lanes.length * hosts.length);
    for (const host of hosts) expect(await promised(host)).toBeLessThanOrEqual(limit);
  });

  it('never pass the largest limit, whatever lanes ask for in whatever order', () => {
    const step = fc.record({
      lane: fc.nat(3),
      done: fc.nat(8),
      limit: fc.integer({ min: 1, max: 6 }),
      turn: fc.option(fc.nat(8)),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const stored = new Map<number, number>();
        const running = new Map<number, number>();
        for (const { lane, done, limit, turn } of steps) {
          const others = [...stored].filter(([other]) => other !== lane);
          const inFlight = Math.max(0, (running.get(lane) ?? 0) - done);
          const row = standing({
            others: others.reduce((sum, [, permits]) => sum + permits, 0),
            otherLanes: others.length,
            othersLimit: others.length === 0 ? null : limit,
            turn,
          });
          const { permits } = grantFor(asking('any.test', { inFlight, limit }), row);
          stored.set(lane, Math.max(permits, inFlight));
          running.set(lane, Math.max(permits, inFlight));
          expect([...running.values()].reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(6);
        }
      }),
    );
  });
});

describe('the pace of a host', () => {
  it('has room left behind the places of a lane that is not alone there', async () => {
    const { holds } = await holdLanes(db, { seeds: ['http://lonely-pace.test/'], config: { lanes: 2 } });
    const [lane, other] = holds;
    if (lane === undefined || other === undefined) throw new Error('two lanes are wanted');
    const requests = ['lonely-pace.test', 'company-pace.test'].map((host) =>
      asking(host, { delayMs: 1_000 }),
    );
    await lease(other, requests.slice(1));
    const grants = await lease(lane, requests);
    expect(grants.map(({ host, isShared }) => [host, isShared])).toEqual([
      ['lonely-pace.test', false],
      ['company-pace.test', true],
    ]);
    await within((tx) =>
      reserveHostPace(
        tx,
        grants.map((grant) => ({ grant, claimed: 2 })),
      ),
    );
    const [room] = await within(
      (tx) => tx.sql<{ ms: number }[]>`
        select extract(epoch from max(next_fetch_at) filter (where host = 'company-pace.test')
          - max(next_fetch_at) filter (where host = 'lonely-pace.test'))::float8 * 1000 as ms from crawl_hosts`,
    );
    expect(Math.abs((room?.ms ?? 0) - SHARED_PACE_SPARE_MS)).toBeLessThan(50);
  });

  it('is moved on by what was claimed under a grant, and by no more', async () => {
    const paced = asking('pace.test', { delayMs: 1_000 });
    const lane = someLane();
    const [grant] = await lease(lane, [paced]);
    if (grant === undefined) throw new Error('nothing was granted');
    expect(grant).toMatchObject({ startInMs: 0, claims: 4 });
    await within((tx) => reserveHostPace(tx, [{ grant, claimed: 2 }]));
    const [next] = await lease(lane, [paced]);
    expect(next?.startInMs).toBeGreaterThan(1_500);
    expect(next?.startInMs).toBeLessThanOrEqual(2_000);
    expect(next?.claims).toBe(4);
    // What it holds already has permits of its own.
    const [full] = await lease(lane, [{ ...paced, inFlight: 3 }]);
    expect(full?.claims).toBe(1);
    const [none] = await lease(lane, [{ ...paced, inFlight: 4 }]);
    expect(none).toMatchObject({ claims: 0, refusal: null });
  });

  it('is not reserved further ahead than a lane that dies may waste', async () => {
    await within((tx) => delayHost(tx, 'ahead.test', 5_500));
    const [grant] = await lease(someLane(), [asking('ahead.test', { delayMs: 100 })]);
    expect(grant).toMatchObject({ claims: 0, refusal: 'host_busy' });
  });

  it('gives a very slow host one fetch at a time', async () => {
    const [grant] = await lease(someLane(), [asking('slow.test', { delayMs: 60_000 })]);
    expect(grant).toMatchObject({ claims: 1, startInMs: 0 });
  });

  it('is never brought forward by a shorter delay', async () => {
    await within((tx) => delayHost(tx, 'longer.test', 4_000));
    await within((tx) => delayHost(tx, 'longer.test', 10));
    const [grant] = await lease(someLane(), [asking('longer.test', { delayMs: 10 })]);
    expect(grant?.startInMs).toBeGreaterThan(3_000);
  });

  it('is kept by a fetch that no claim brought, also of a campaign without a delay', async () => {
    const paced = asking('place.test', { delayMs: 2_000 });
    const lane = someLane();
    await lease(lane, [paced]);
    expect(await within((tx) => takeHostPlace(tx, 'place.test', 0))).toBe(0);
    expect(await within((tx) => takeHostPlace(tx, 'place.test', 0))).toBeGreaterThan(1_500);
    const [next] = await lease(lane, [paced]);
    expect(next?.startInMs).toBeGreaterThan(3_500);
  });

  it('gives way to a pause the host asked for, the longer of two', async () => {
    const asked = { kind: 'refused', isInARow: true, reason: 'Retry-After' } as const;
    await within((tx) => backOffHost(tx, 'pause.test', { ...asked, askedMs: 60_000 }, 60_000));
    await within((tx) => backOffHost(tx, 'pause.test', { ...asked, askedMs: 10 }, 60_000));
    const [grant] = await lease(someLane(), [asking('pause.test')]);
    expect(grant).toMatchObject({ claims: 0, refusal: 'host_backoff' });
    expect(grant?.startInMs).toBeGreaterThan(50_000);
  });
});

describe('campaigns that share a host', () => {
  it('together keep its limit while their lanes claim at once', async () => {
    const seeds = Array.from({ length: 60 }, (_, n) => `http://both.test/${n}`);
    const campaigns: HeldLanes[] = [];
    for (let n = 0; n < 3; n += 1) campaigns.push(await holdLanes(db, { seeds }));
    const running = new Map<HeldLanes, number>();
    await Promise.all(
      campaigns.map(async (lanes) => {
        for (let round = 0; round < 25; round += 1) {
          const now = running.get(lanes) ?? 0;
          const { grants } = await lanes.claim(0, {
            wanted: 2,
            inFlight: now === 0 ? new Map() : new Map([['both.test', now]]),
          });
          const permits = grants.find(({ host }) => host === 'both.test')?.permits ?? 0;
          running.set(lanes, Math.max(now - 1, permits));
          expect([...running.values()].reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(4);
        }
      }),
    );
    expect([...running.values()].every((permits) => permits > 0)).toBe(true);
  });
});

describe('campaigns with different limits on one host', () => {
  it('all keep to the lowest while it has work there, and none starves', () => {
    const large = grantFor(asking('mixed.test', { limit: 16 }), standing({ otherLanes: 1, othersLimit: 4 }));
    expect(large.permits).toBe(2);
    const small = grantFor(
      asking('mixed.test', { limit: 4 }),
      standing({ others: 2, otherLanes: 1, othersLimit: 16 }),
    );
    expect(small.permits).toBe(2);
  });

  it('leave the host to the only one that has work there', async () => {
    const [alone] = await lease(someLane(), [asking('sole.test', { limit: 16 })]);
    expect(alone?.permits).toBe(16);
  });
});

it('a lane that is kept from a host by a freeze holds no permits of it, and other tenants crawl on', () => {
  const frozen = grantFor(asking('frozen.test', { limit: 1 }), standing({ isFrozen: true }));
  expect(frozen).toMatchObject({ permits: 0, claims: 0, refusal: 'host_frozen' });
});

it('a lane without a delay holds no URLs for a host whose time another has reserved', async () => {
  await within((tx) => delayHost(tx, 'reserved.test', 30_000));
  const [grant] = await lease(someLane(), [asking('reserved.test')]);
  expect(grant).toMatchObject({ claims: 0, refusal: 'host_busy' });
});

describe('a pace', () => {
  it('that one campaign wants holds for all on the host, from when every lane has heard of it', async () => {
    const [fast, slow] = [someLane(), someLane()];
    const paced = asking('shared-pace.test', { delayMs: 1_000, delayCause: 'campaign_delay' });
    const unpaced = asking('shared-pace.test');
    expect(await lease(fast, [unpaced])).toMatchObject([{ permits: 4, delayMs: 0 }]);
    // The other may start fetches without a pace for as long as it has not asked again.
    expect(await lease(slow, [paced])).toMatchObject([{ claims: 0, refusal: 'host_busy', delayMs: 1_000 }]);
    expect(await lease(fast, [unpaced])).toMatchObject([
      { claims: 0, refusal: 'host_busy', isSlower: true, delayMs: 1_000 },
    ]);
    const [grant] = await lease(slow, [paced]);
    expect(grant).toMatchObject({ refusal: null, isSlower: false, delayMs: 1_000 });
    // What started by the faster pace may have started just now.
    expect(grant?.startInMs).toBeGreaterThan(500);
    expect(await lease(fast, [unpaced])).toMatchObject([{ refusal: null, isSlower: false, delayMs: 1_000 }]);
  });

  it('ends with the lane that wanted it', async () => {
    const [fast, slow] = [someLane(), someLane()];
    await lease(slow, [asking('pace-over.test', { delayMs: 1_000 })]);
    expect(await lease(fast, [asking('pace-over.test')])).toMatchObject([{ delayMs: 1_000 }]);
    await lease(slow, []);
    await lease(slow, [asking('elsewhere.test')]);
    expect(await lease(fast, [asking('pace-over.test')])).toMatchObject([{ delayMs: 0, claims: 10 }]);
  });
});

describe('a host that cannot be reached', () => {
  const dead = { hasAnswered: false, answers: 0, firstByteMs: 0, failuresInARow: 3 };

  it('is left alone after five connections in a row, and then tried one at a time', async () => {
    const lane = someLane();
    const ask = asking('dead.test', { seen: dead });
    expect(await lease(lane, [ask])).toMatchObject([{ refusal: null, permits: 4 }]);
    const [opened] = await lease(lane, [ask]);
    expect(opened).toMatchObject({ claims: 0, refusal: 'host_backoff', permits: 1 });
    expect(opened?.startInMs).toBeGreaterThan(59_000);
    await within((tx) => tx.sql`update crawl_hosts set backoff_until = now() where host = 'dead.test'`);
    expect(await lease(lane, [asking('dead.test')])).toMatchObject([{ permits: 1, refusal: null }]);
    const alive = { hasAnswered: true, answers: 0, firstByteMs: 0, failuresInARow: 0 };
    expect(await lease(lane, [asking('dead.test', { seen: alive })])).toMatchObject([{ permits: 4 }]);
  });

  it('in spite of three back-offs is given up', () => {
    const row = standing({ failuresInARow: 9, backOffLevel: 3, backOffLeftMs: -10 });
    expect(grantFor(asking('gone.test'), row)).toMatchObject({ isDead: true, refusal: null });
    expect(grantFor(asking('gone.test'), { ...row, backOffLevel: 2 })).toMatchObject({ isDead: false });
    expect(grantFor(asking('gone.test'), { ...row, failuresInARow: 0 })).toMatchObject({ isDead: false });
  });
});

describe('a host that answers much more slowly than it used to', () => {
  it('gets fewer fetches at a time, then a pace, and all of them again when it has recovered', async () => {
    const lane = someLane();
    const seen = (ms: number) =>
      asking('slow-down.test', {
        seen: { hasAnswered: true, answers: 10, firstByteMs: ms * 10, failuresInARow: 0 },
      });
    const longAgo = () =>
      within(
        (tx) =>
          tx.sql`update crawl_hosts set slow_changed_at = now() - interval '1 minute' where host = 'slow-down.test'`,
      );
    expect(await lease(lane, [seen(50)])).toMatchObject([{ permits: 4, delayMs: 0 }]);
    const steps: HostGrant[] = [];
    for (let step = 0; step < 4; step += 1) {
      steps.push(...(await lease(lane, [seen(2_000)])));
      await longAgo();
    }
    expect(steps.map(({ permits }) => permits)).toEqual([2, 1, 1, 1]);
    expect(steps.map(({ delayMs }) => delayMs > 0)).toEqual([false, false, true, true]);
    for (let step = 0; step < 12; step += 1) {
      await lease(lane, [seen(50)]);
      await longAgo();
    }
    expect(await lease(lane, [seen(50)])).toMatchObject([{ permits: 4, delayMs: 0 }]);
  });
});
