import type { LaneAtWork, LaneDemand, LaneInWait } from '@outrider/db';
import { LANE_CLASSES, LANE_QUANTUM_MS } from '@outrider/shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseYields } from './choose-yields.js';

const NO_ROOM = { all: 0, browser: 0 };

function working(campaign: string, count: number, over: Partial<LaneAtWork> = {}): LaneAtWork[] {
  return Array.from({ length: count }, (_, n) => ({
    laneId: `${campaign} ${n}`,
    executionId: `run of ${campaign}`,
    campaignId: campaign,
    tenantId: 'tenant',
    priority: 'normal',
    heldMs: 1_000 + n,
    isYielding: false,
    hasBrowser: true,
    ...over,
  }));
}

function waiting(campaign: string, over: Partial<LaneInWait> = {}): LaneInWait {
  const priority = over.priority ?? 'normal';
  return {
    executionId: `run of ${campaign}`,
    campaignId: campaign,
    tenantId: 'tenant',
    priority,
    classRank: LANE_CLASSES.indexOf(priority) + 1,
    needsBrowser: false,
    ...over,
  };
}

const small = (count: number): LaneInWait[] => Array.from({ length: count }, (_, n) => waiting(`small ${n}`));
const yields = (demand: Partial<LaneDemand>): readonly string[] =>
  chooseYields({ waiting: [], working: [], room: NO_ROOM, ...demand });

describe('lanes that make room', () => {
  it('are none while workers have room, or are about to have it', () => {
    expect(
      yields({ waiting: small(2), working: working('large', 16), room: { all: 2, browser: 0 } }),
    ).toEqual([]);
    const asked = working('large', 2, { isYielding: true });
    expect(yields({ waiting: small(2), working: [...asked, ...working('other', 5)] })).toEqual([]);
  });

  it('are those of a large campaign, down to what a small one gets', () => {
    expect(yields({ waiting: small(20), working: working('large', 16) })).toHaveLength(15);
    expect(yields({ waiting: small(3), working: working('large', 4) })).toHaveLength(3);
  });

  it('are not those of the one campaign that waits for more', () => {
    const more = [waiting('large'), waiting('large')];
    expect(yields({ waiting: more, working: working('large', 4, { heldMs: LANE_QUANTUM_MS }) })).toEqual([]);
  });

  it('are those of the tenant with most, whatever its campaigns have', () => {
    const theirs = Array.from({ length: 4 }, (_, n) =>
      working(`theirs ${n}`, 1, { tenantId: 'greedy' }),
    ).flat();
    expect(yields({ waiting: small(4), working: theirs })).toHaveLength(2);
  });

  it('are those of a later class at once, but for its last lane', () => {
    const urgent = Array.from({ length: 9 }, (_, n) => waiting(`urgent ${n}`, { priority: 'urgent' }));
    const lanes = [...working('backfill', 2, { priority: 'backfill' }), ...working('normal', 3)];
    expect(yields({ waiting: urgent, working: lanes })).toHaveLength(3);
    const held = lanes.map((lane) => ({ ...lane, heldMs: LANE_QUANTUM_MS }));
    expect(yields({ waiting: urgent, working: held })).toHaveLength(5);
  });

  it('are those of an earlier class only for one that was long without, and past their quantum', () => {
    const later = waiting('backfill', { priority: 'backfill' });
    const starving = { ...later, classRank: 0 };
    const lanes = working('urgent', 4, { priority: 'urgent' });
    const held = lanes.map((lane) => ({ ...lane, heldMs: LANE_QUANTUM_MS }));
    expect(yields({ waiting: [later], working: held })).toEqual([]);
    expect(yields({ waiting: [starving], working: lanes })).toEqual([]);
    expect(yields({ waiting: [starving, starving], working: held })).toHaveLength(1);
  });

  it('are those held longest, one for each that has none, past their quantum', () => {
    const lanes = Array.from({ length: 4 }, (_, n) =>
      working(`busy ${n}`, 1, { heldMs: LANE_QUANTUM_MS * n }),
    ).flat();
    expect(yields({ waiting: small(2), working: lanes })).toEqual(['busy 3 0', 'busy 2 0']);
    expect(yields({ waiting: small(9), working: lanes })).toHaveLength(3);
  });

  it('have a browser where one is needed', () => {
    const lanes = [...working('plain', 4, { hasBrowser: false }), ...working('other', 3)];
    const chosen = yields({ waiting: [waiting('small', { needsBrowser: true })], working: lanes });
    expect(chosen).toHaveLength(1);
    expect(chosen[0]).toMatch(/^other/);
  });
});

const owner = fc.record({
  tenantId: fc.constantFrom('a', 'b', 'c'),
  campaign: fc.nat(3),
  priority: fc.constantFrom(...LANE_CLASSES),
});

it('what made room does not take it back: once all is handed out and nothing is past its quantum, no lane is asked', () => {
  fc.assert(
    fc.property(fc.array(owner, { maxLength: 24 }), fc.integer({ min: 1, max: 12 }), (owners, capacity) => {
      const lanes = owners.map(({ tenantId, campaign, priority }, n) => {
        const campaignId = `${tenantId} ${priority} ${campaign}`;
        return { laneId: String(n), executionId: campaignId, campaignId, tenantId, priority };
      });
      let held = new Set(lanes.slice(0, capacity).map(({ laneId }) => laneId));
      const demandOf = (): LaneDemand => ({
        working: lanes
          .filter(({ laneId }) => held.has(laneId))
          .map((lane) => ({ ...lane, heldMs: 0, isYielding: false, hasBrowser: true })),
        waiting: inOrder(lanes, held).map((lane) => waiting(lane.campaignId, { ...lane })),
        room: { all: Math.max(0, capacity - held.size), browser: 0 },
      });
      for (let round = 0; round < 60; round += 1) {
        const chosen = chooseYields(demandOf());
        if (chosen.length === 0) return true;
        held = new Set([...held].filter((laneId) => !chosen.includes(laneId)));
        while (held.size < capacity) {
          const [next] = inOrder(lanes, held);
          if (next === undefined) break;
          held.add(next.laneId);
        }
      }
      return false;
    }),
    { numRuns: 500 },
  );
});

interface Lane {
  readonly laneId: string;
  readonly executionId: string;
  readonly campaignId: string;
  readonly tenantId: string;
  readonly priority: LaneInWait['priority'];
}

/** Those that wait in the order of `waitingOrder`, written out once more: by class, tenant's lanes, campaign's lanes. */
function inOrder(lanes: readonly Lane[], held: ReadonlySet<string>): Lane[] {
  const running = lanes.filter(({ laneId }) => held.has(laneId));
  const order: Lane[] = [];
  const left = new Set(lanes.filter(({ laneId }) => !held.has(laneId)));
  while (left.size > 0) {
    const given = [...running, ...order];
    const [next] = [...left].sort(
      (one, other) =>
        LANE_CLASSES.indexOf(one.priority) - LANE_CLASSES.indexOf(other.priority) ||
        tenantLanes(given, one) - tenantLanes(given, other) ||
        campaignLanes(given, one) - campaignLanes(given, other),
    );
    if (next === undefined) break;
    left.delete(next);
    order.push(next);
  }
  return order;
}

const tenantLanes = (lanes: readonly Lane[], { tenantId, priority }: Lane): number =>
  lanes.filter((lane) => lane.tenantId === tenantId && lane.priority === priority).length;
const campaignLanes = (lanes: readonly Lane[], { campaignId }: Lane): number =>
  lanes.filter((lane) => lane.campaignId === campaignId).length;
