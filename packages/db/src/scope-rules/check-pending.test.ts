import { urlKey } from '@outrider/shared';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Tx } from '../connect/database.js';
import { readScope } from '../frontier/read-scope.js';
import { lockLog } from '../records/lock-log.js';
import { awaitLockWait } from '../testing/lock-waits.js';
import { type PlantedExecution, plantExecution, settleUrl } from '../testing/plant-execution.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { changeScopeRules } from './change-scope-rules.js';
import { checkPending, listUnchecked } from './check-pending.js';

const SEEDS = Array.from({ length: 25 }, (_, n) => `https://a.test/${n % 5 === 0 ? 'private' : 'page'}/${n}`);
const RULES: Parameters<typeof changeScopeRules>[2] = { revision: 2, allow: [], deny: ['/private/'] };

let db: TestDatabase;
let planted: PlantedExecution;

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());
beforeEach(async () => {
  planted = await plantExecution(db, { seeds: SEEDS });
});

const within = <T>(work: (tx: Tx) => Promise<T>) => db.app.withTenant(db.tenantId, work);
const change = (rules = RULES) => within((tx) => changeScopeRules(tx, planted.executionId, rules));
const check = (size = 100) => within((tx) => checkPending(tx, planted.executionId, size));
const unchecked = async () => {
  const all = await db.system.withSystem((tx) => listUnchecked(tx, 100));
  return all.filter(({ executionId }) => executionId === planted.executionId).length;
};

async function checkAll(size: number): Promise<number> {
  let skipped = 0;
  for (let round = 0; round < 50; round += 1) {
    const done = await check(size);
    skipped += done.skipped;
    if (done.isDone) return skipped;
  }
  throw new Error('there was no end to it');
}

describe('changed rules', () => {
  it('are read by lanes, whose version of the scope is out of date', async () => {
    const before = await within((tx) => readScope(tx, planted.executionId));
    expect(before.newRules).toBeNull();
    expect(await change()).toBe(true);
    const after = await within((tx) => readScope(tx, planted.executionId));
    expect(after).toMatchObject({
      version: before.version + 1,
      newRules: { allow: [], deny: ['/private/'] },
    });
  });

  it('that are those it goes by already change nothing', async () => {
    expect(await change({ ...RULES, deny: [] })).toBe(false);
    await change();
    expect(await change()).toBe(false);
    expect(await unchecked()).toBe(1);
  });

  it.each([1, 4, 25, 100])(
    'stop what is pending, %i at a time, in the frontier, the log and the counters',
    async (size) => {
      await change();
      expect(await checkAll(size)).toBe(5);
      expect(await unchecked()).toBe(0);
      const rows = await within(
        ({ sql }) => sql<
          { url: string; state: string; skip_reason: string | null; skip_rule: string | null }[]
        >`
        select url, state, skip_reason, skip_rule from crawl_targets target
        join url_discovery_log log on log.execution_id = target.execution_id and log.url_hash = target.url_key
        where target.execution_id = ${planted.executionId}`,
      );
      for (const { url, ...row } of rows) {
        expect(row).toEqual(
          url.includes('/private/')
            ? { state: 'skipped', skip_reason: 'excluded_pattern', skip_rule: 'deny: /private/' }
            : { state: 'pending', skip_reason: null, skip_rule: null },
        );
      }
      const [counted] = await within(
        ({ sql }) => sql`
        select (select sum(skipped)::int from execution_lanes where execution_id = ${planted.executionId}) as skipped,
          (select payload from event_stream where execution_id = ${planted.executionId}
            and event_type = 'scope.rules_applied') as told`,
      );
      expect(counted).toEqual({ skipped: 5, told: { revision: 2, skipped: 5 } });
    },
  );

  it('are applied once to each URL by two orchestrators at a time', async () => {
    await change();
    const both = await Promise.all([checkAll(3), checkAll(3)]);
    expect(both.reduce((sum, skipped) => sum + skipped, 0)).toBe(5);
    const [told] = await within(
      ({ sql }) => sql`
        select count(*)::int as n from event_stream
        where execution_id = ${planted.executionId} and event_type = 'scope.rules_applied'`,
    );
    expect(told).toEqual({ n: 1 });
  });

  it('leave alone what is settled or with a lane', async () => {
    await within((tx) => settleUrl(tx, planted.executionId, SEEDS[0] ?? '', { fetched: 200 }));
    const lane = { leasedBy: planted.laneIds[0] ?? '', epoch: 1 };
    await within((tx) => settleUrl(tx, planted.executionId, SEEDS[5] ?? '', lane));
    await change();
    expect(await checkAll(10)).toBe(3);
  });

  it('that come while others are being applied start anew', async () => {
    await change();
    await check(3);
    await change({ revision: 3, allow: ['/page/1'], deny: [] });
    await checkAll(10);
    const [left] = await within(
      ({ sql }) => sql`
        select count(*)::int as pending from crawl_targets
        where execution_id = ${planted.executionId} and state = 'pending' and url !~ '/page/1'`,
    );
    expect(left).toEqual({ pending: 0 });
  });

  it('and a batch of a lane that names the same URLs wait for each other instead of locking each other out', async () => {
    await change();
    const urls = SEEDS.filter((url) => url.includes('/private/')).map((url) => urlKey(url));
    let checked: Promise<unknown> = Promise.resolve();
    // As a batch does that raises URLs which only a sitemap had named: their lines in the log, then their targets.
    await within(async (tx) => {
      await lockLog(tx, planted.executionId, urls);
      checked = check();
      await awaitLockWait(db);
      await tx.sql`
        update crawl_targets set priority = priority + 1
        where execution_id = ${planted.executionId} and url_key = any(${urls}::uuid[])`;
    });
    expect(await checked).toMatchObject({ skipped: 5, isDone: true });
  });
});
