import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { type HeldLanes, holdLanes } from '../lanes/testing/held-lanes.js';
import { createTestDatabase, insertTestTenant, type TestDatabase } from '../testing/test-database.js';
import { freezeHost } from './host-freezes.js';
import { permitsByTurn, TURN_MS } from './host-turns.js';

let db: TestDatabase;
let neighbour: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
  neighbour = { ...db, tenantId: await insertTestTenant(db.system, 'neighbour') };
});
afterAll(() => db.drop());

/** Each test has a host of its own. */
let host = '';
let hosts = 0;
beforeEach(() => {
  hosts += 1;
  host = `full${hosts}.test`;
});

/** The lanes of a running campaign with plenty of URLs on the host. */
function campaign(limit: number, { lanes = 1, of = db } = {}): Promise<HeldLanes> {
  return holdLanes(of, {
    seeds: Array.from({ length: 200 }, (_, n) => `http://${host}/${n}`),
    config: { lanes, politeness: { maxConcurrencyPerHost: limit } },
  });
}

/** Lanes that always use all they get, and never more together than the limit. */
class Crowd {
  readonly #limit: number;
  readonly #running = new Map<string, number>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Claims, with what it had begun still in flight or finished, and begins as many fetches as it may. Returns its permits. */
  async claim(lanes: HeldLanes, index: number, { finished = true, leaseMs = 60_000 } = {}): Promise<number> {
    const lane = lanes.holds[index]?.laneId ?? '';
    const inFlight = finished ? 0 : (this.#running.get(lane) ?? 0);
    const { grants } = await lanes.claim(index, {
      ...{ wanted: 1, leaseMs },
      inFlight: inFlight === 0 ? new Map() : new Map([[host, inFlight]]),
    });
    const permits = grants.find((grant) => grant.host === host)?.permits ?? 0;
    this.#running.set(lane, Math.max(inFlight, permits));
    expect([...this.#running.values()].reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(this.#limit);
    return permits;
  }

  /** All claim until everybody has heard of the others, and returns the permits of each; slow fetches outlast a claim. */
  async settle(...campaigns: readonly HeldLanes[]): Promise<number[][]> {
    let permits: number[][] = [];
    for (const finished of [false, true, true, true, true, true]) {
      permits = [];
      for (const lanes of campaigns) {
        const ofLanes: number[] = [];
        for (const index of lanes.holds.keys()) ofLanes.push(await this.claim(lanes, index, { finished }));
        permits.push(ofLanes);
      }
    }
    return permits;
  }
}

const pass = (milliseconds: number): Promise<unknown> =>
  db.system.withSystem(
    (tx) => tx.sql`
      update host_permits set asked_at = asked_at - ${milliseconds} * interval '1 millisecond',
        turn_at = turn_at - ${milliseconds} * interval '1 millisecond'
      where host = ${host}`,
  );

describe('a host with more lanes than fetches at a time', () => {
  it('is crawled by two campaigns in turns where it gets one', async () => {
    const crowd = new Crowd(1);
    const [large, small] = [await campaign(1), await campaign(1)];
    const turns: number[][][] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      turns.push(await crowd.settle(large, small));
      await pass(TURN_MS / 2);
      // Not before the turn is over.
      expect(await crowd.settle(large, small)).toEqual(turns.at(-1));
      await pass(TURN_MS / 2);
    }
    expect(turns).toEqual([
      [[1], [0]],
      [[0], [1]],
      [[1], [0]],
      [[0], [1]],
    ]);
  });

  it('is shared by campaigns first: four lanes beside one have half of it, and take turns for that', async () => {
    const crowd = new Crowd(4);
    const large = await campaign(4, { lanes: 4 });
    expect(await crowd.settle(large)).toEqual([[1, 1, 1, 1]]);
    const small = await campaign(4);
    const turns = [0, 0, 0, 0];
    for (let turn = 0; turn < 6; turn += 1) {
      const [ofLarge = [], ofSmall] = await crowd.settle(large, small);
      expect(ofSmall).toEqual([2]);
      expect(ofLarge.reduce((sum, one) => sum + one, 0)).toBe(2);
      for (const [lane, permits] of ofLarge.entries()) turns[lane] = (turns[lane] ?? 0) + permits;
      await pass(TURN_MS);
    }
    expect(turns).toEqual([3, 3, 3, 3]);
  });

  it('is had in turns by five campaigns, one of which always waits', async () => {
    const crowd = new Crowd(4);
    const campaigns: HeldLanes[] = [];
    for (let n = 0; n < 5; n += 1) campaigns.push(await campaign(4));
    const turns = campaigns.map(() => 0);
    for (let turn = 0; turn < 5; turn += 1) {
      const permits = (await crowd.settle(...campaigns)).map(([one = 0]) => one);
      expect(permits.reduce((sum, one) => sum + one, 0)).toBe(4);
      for (const [n, one] of permits.entries()) turns[n] = (turns[n] ?? 0) + one;
      await pass(TURN_MS);
    }
    expect(turns).toEqual([4, 4, 4, 4, 4]);
  });

  it('is shared by tenants before campaigns: two campaigns beside one of another tenant have half', async () => {
    const crowd = new Crowd(1);
    const campaigns = [await campaign(1), await campaign(1, { of: neighbour }), await campaign(1)];
    const turns: number[] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      turns.push((await crowd.settle(...campaigns)).findIndex(([permits]) => permits === 1));
      await pass(TURN_MS);
    }
    expect(turns).toEqual([0, 1, 2, 1, 0, 1, 2, 1]);
  });

  it('is left to whoever waited longest when a fetch has outlasted turns', async () => {
    const crowd = new Crowd(1);
    const [large, small] = [await campaign(1), await campaign(1)];
    await crowd.settle(large, small);
    for (let turn = 0; turn < 4; turn += 1) {
      await pass(TURN_MS);
      expect(await crowd.claim(small, 0)).toBe(0);
      expect(await crowd.claim(large, 0, { finished: false })).toBe(0);
    }
    await crowd.claim(large, 0);
    expect(await crowd.claim(small, 0)).toBe(1);
  });

  it('keeps no turn for a lane that is gone', async () => {
    const crowd = new Crowd(1);
    const campaigns = [await campaign(1), await campaign(1), await campaign(1)];
    const [first, gone, last] = campaigns;
    if (first === undefined || gone === undefined || last === undefined) throw new Error('three are wanted');
    await crowd.claim(first, 0);
    await crowd.claim(gone, 0);
    await crowd.claim(last, 0);
    await pass(TURN_MS);
    expect(await crowd.claim(last, 0)).toBe(0);
    await db.system.withSystem(
      (tx) =>
        tx.sql`update host_permits set lease_until = now() where lane_id = ${gone.holds[0]?.laneId ?? ''}`,
    );
    expect(await crowd.settle(first, last)).toEqual([[0], [1]]);
  });

  it('keeps no turn for a lane whose tenant has frozen it', async () => {
    const crowd = new Crowd(1);
    const [free, frozen] = [await campaign(1), await campaign(1, { of: neighbour })];
    await frozen.within((tx) => freezeHost(tx, neighbour.tenantId, { host, reason: 'a test', until: null }));
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await crowd.settle(free, frozen)).toEqual([[1], [0]]);
      await pass(TURN_MS);
    }
  });

  it('is left as it is by the lanes of one campaign, which fetch the same URLs', async () => {
    const crowd = new Crowd(1);
    const lanes = await campaign(1, { lanes: 2 });
    for (let turn = 0; turn < 3; turn += 1) {
      expect(await crowd.settle(lanes)).toEqual([[1, 0]]);
      await pass(TURN_MS);
    }
  });
});

it('the permits of all turns together are as many as there are', () => {
  const contender = fc.record({
    campaign: fc.constantFrom('a', 'b', 'c'),
    hasPermits: fc.boolean(),
    waitedMs: fc.nat(100_000),
    turnMsAgo: fc.option(fc.nat(100_000)),
  });
  fc.assert(
    fc.property(
      fc.array(contender, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 16 }),
      (some, limit) => {
        const contenders = some.map((one, n) => ({
          ...one,
          ...{ laneId: String(n), tenant: one.campaign === 'a' ? 'one' : 'other' },
        }));
        const dealt = contenders.map(({ laneId }) => permitsByTurn(laneId, limit, contenders));
        expect(dealt.reduce((sum, one) => sum + one, 0)).toBe(limit);
      },
    ),
  );
});
