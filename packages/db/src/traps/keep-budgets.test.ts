import type { TrapBudget } from '@outrider/shared';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readScope } from '../frontier/read-scope.js';
import { discovery, fetched, type HeldLanes, holdLanes } from '../lanes/testing/held-lanes.js';
import { insertDiscoveries } from '../records/insert-discoveries.js';
import type { Discovery } from '../records/settlement.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { keepTrapBudgets } from './keep-budgets.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

const open = (lanes = 1): Promise<HeldLanes> =>
  holdLanes(db, { seeds: ['http://a.test/'], config: { lanes } });

const budget = (limit: number, unit: string | null = null): TrapBudget => ({
  option: 'traps.maxPerDatePattern',
  limit,
  pattern: 'a.test/calendar/{n}',
  unit,
});
const day = (n: number, limit = 3, depth = 1): Discovery =>
  discovery(`http://a.test/calendar/${n}`, { budgets: [budget(limit)], depth });

/** Takes the discoveries into the log, and returns which are to be crawled. */
async function take(lanes: HeldLanes, found: readonly Discovery[], lane = 0): Promise<string[]> {
  const hold = lanes.holds[lane];
  if (hold === undefined) throw new RangeError(`there is no lane ${lane}`);
  return lanes.within(async (tx) => {
    const kept = await keepTrapBudgets(tx, hold, found);
    await insertDiscoveries(tx, hold, kept);
    return kept.flatMap(({ url, skip }) => (skip === null ? [url.slice('http://a.test'.length)] : []));
  });
}

describe('a budget of URLs', () => {
  it('counts what a lane took of it before', async () => {
    const lanes = await open();
    const carrying = (n: number, carry: number): Discovery =>
      discovery(`http://a.test/calendar/${n}`, { budgets: [{ ...budget(10), carry }] });
    expect(await take(lanes, [carrying(1, 4)])).toHaveLength(1);
    expect(await take(lanes, [carrying(2, 3), day(3, 10)], 0)).toHaveLength(2);
    expect(await take(lanes, [day(4, 10)])).toEqual([]);
  });

  it('takes as many as it has room for, and says which pattern the others are of', async () => {
    const lanes = await open();
    expect(
      await take(
        lanes,
        [1, 2].map((n) => day(n)),
      ),
    ).toEqual(['/calendar/1', '/calendar/2']);
    expect(
      await take(
        lanes,
        [3, 4, 5].map((n) => day(n)),
      ),
    ).toEqual(['/calendar/3']);
    const rows = await lanes.within(
      (tx) => tx.sql`select skip_reason, skip_rule, count(*)::int from url_discovery_log
        where execution_id = ${lanes.executionId} and not should_crawl group by 1, 2`,
    );
    expect(rows).toEqual([
      { skip_reason: 'trap', skip_rule: 'traps.maxPerDatePattern: 3 of a.test/calendar/{n}', count: 2 },
    ]);
    const [row] = await lanes.within(
      (tx) => tx.sql`select taken, refused from trap_budgets where execution_id = ${lanes.executionId}`,
    );
    expect(row).toEqual({ taken: 3, refused: 2 });
  });

  it('is used up once by a URL, however often it is found', async () => {
    const lanes = await open();
    await take(lanes, [day(1), day(1), day(2)]);
    expect(await take(lanes, [day(1), day(2), day(3), day(4)])).toEqual([
      '/calendar/1',
      '/calendar/2',
      '/calendar/3',
    ]);
  });

  it('goes to what is closest to a seed first', async () => {
    const lanes = await open();
    expect(await take(lanes, [day(1, 2, 5), day(2, 2, 1), day(3, 2, 3)])).toEqual([
      '/calendar/2',
      '/calendar/3',
    ]);
  });

  it('is not used up by what is skipped anyway, nor by what has none', async () => {
    const lanes = await open();
    const skip = { reason: 'nofollow', rule: 'rel' } as const;
    await take(lanes, [{ ...day(1), skip }, discovery('http://a.test/calendar/2')]);
    expect(
      await take(
        lanes,
        [3, 4, 5, 6].map((n) => day(n)),
      ),
    ).toHaveLength(3);
  });

  it('is used up by a URL that the log had skipped for the way to it, once a way allows it', async () => {
    const lanes = await open();
    const days = [1, 2, 3, 4, 5].map((n) => day(n));
    const skip = { reason: 'nofollow', rule: 'rel' } as const;
    await take(
      lanes,
      days.map((one) => ({ ...one, skip })),
    );
    expect(await take(lanes, days)).toHaveLength(3);
    expect(await take(lanes, days)).toEqual(['/calendar/1', '/calendar/2', '/calendar/3']);
    const [row] = await lanes.within(
      (tx) => tx.sql`select count(*)::int as queued from crawl_targets
        where execution_id = ${lanes.executionId} and not is_seed`,
    );
    expect(row).toEqual({ queued: 3 });
  });

  it('is one for all lanes, also when they find the same pattern at once', async () => {
    const lanes = await open(4);
    const taken = await Promise.all(
      [0, 1, 2, 3].flatMap((lane) =>
        [0, 1, 2].map((round) => {
          const days = Array.from({ length: 20 }, (_, n) => day(lane * 1_000 + round * 100 + n, 50));
          return take(lanes, days, lane);
        }),
      ),
    );
    expect(taken.flat()).toHaveLength(50);
  });
});

describe('a budget of hosts', () => {
  it('is used up by each host once, and lets all URLs of a host in that was taken', async () => {
    const lanes = await open();
    const onHost = (host: string, path: string): Discovery =>
      discovery(`http://${host}.a.test/${path}`, { budgets: [{ ...budget(2, `${host}.a.test`) }] });
    const crawled = async (found: readonly Discovery[]): Promise<string[]> => {
      const [hold] = lanes.holds;
      if (hold === undefined) throw new Error('there is no lane');
      return lanes.within(async (tx) => {
        const kept = await keepTrapBudgets(tx, hold, found);
        await insertDiscoveries(tx, hold, kept);
        return kept.flatMap(({ url, skip }) => (skip === null ? [url] : []));
      });
    };
    expect(
      await crawled([onHost('n1', '1'), onHost('n1', '2'), onHost('n2', '1'), onHost('n3', '1')]),
    ).toEqual(['http://n1.a.test/1', 'http://n1.a.test/2', 'http://n2.a.test/1']);
    expect(await crawled([onHost('n2', '3'), onHost('n4', '1')])).toEqual(['http://n2.a.test/3']);
  });
});

describe('a batch with a page that proves a trap', () => {
  it('closes its pattern for every lane', async () => {
    const lanes = await open();
    const before = await lanes.within((tx) => readScope(tx, lanes.executionId));
    const [target] = (await lanes.claim(0)).targets;
    if (target === undefined) throw new Error('nothing was claimed');
    await lanes.commit(0, [{ ...fetched(target), closesPattern: 'a.test/p?sid' }]);
    const after = await lanes.within((tx) => readScope(tx, lanes.executionId));
    expect(after).toEqual({ ...before, version: before.version + 1, closedPatterns: ['a.test/p?sid'] });
  });
});
