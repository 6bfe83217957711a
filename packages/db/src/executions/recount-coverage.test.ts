import { isBalanced, urlKey } from '@outrider/shared';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Tx } from '../connect/database.js';
import { type PlantedExecution, plantExecution, settleUrl } from '../testing/plant-execution.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { foldLedger, type LedgerGroup, recountCoverage } from './recount-coverage.js';

const url = (n: number): string => `https://a.test/${n}`;
const SEEDS = Array.from({ length: 8 }, (_, n) => url(n));

const consistent: fc.Arbitrary<LedgerGroup> = fc.oneof(
  fc.constantFrom<LedgerGroup>(
    group({ state: 'fetched', statusClass: 2 }),
    group({ state: 'fetched', statusClass: 4 }),
    group({ state: 'failed', failureCode: 'timeout' }),
    group({ state: 'pending' }),
    group({ state: 'leased' }),
    group({ state: 'skipped', shouldCrawl: false, skipReason: 'robots_txt' }),
    group({ shouldCrawl: false, skipReason: 'out_of_scope' }),
  ),
);

function group(over: Partial<LedgerGroup>): LedgerGroup {
  const plain = { method: 'link', shouldCrawl: true, skipReason: null, state: null } as const;
  return { ...plain, failureCode: null, statusClass: null, count: 1, ...over };
}

describe('a ledger', () => {
  it('without contradictions balances, whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(consistent, fc.integer({ min: 1, max: 1e6 }))), (parts) => {
        const { receipt, contradictions } = foldLedger(parts.map(([one, count]) => ({ ...one, count })));
        expect(contradictions).toBe(0);
        expect(receipt.balanced).toBe(true);
        expect(isBalanced(receipt)).toBe(true);
        expect(receipt.discovered).toBe(parts.reduce((sum, [, count]) => sum + count, 0));
      }),
    );
  });

  it.each<[string, LedgerGroup]>([
    ['a URL that should be crawled and is not on the frontier', group({})],
    [
      'a target nobody discovered',
      group({ method: null, shouldCrawl: null, state: 'fetched', statusClass: 2 }),
    ],
    ['a fetched URL without a result', group({ state: 'fetched' })],
    ['a result of a URL that was not fetched', group({ state: 'failed', statusClass: 5 })],
    ['a skipped target that the log still wants crawled', group({ state: 'skipped' })],
    [
      'a fetched URL that the log calls skipped',
      group({ state: 'fetched', statusClass: 2, shouldCrawl: false, skipReason: 'robots_txt' }),
    ],
  ])('with %s does not balance', (_, wrong) => {
    const { receipt, contradictions } = foldLedger([group({ state: 'fetched', statusClass: 2 }), wrong]);
    expect(contradictions).toBe(1);
    expect(receipt.balanced).toBe(false);
  });

  it('does not balance when two mistakes cancel out in the totals', () => {
    const orphan = group({ method: null, shouldCrawl: null, state: 'fetched', statusClass: 2 });
    const { receipt } = foldLedger([group({}), orphan]);
    expect(isBalanced(receipt)).toBe(true);
    expect(receipt.balanced).toBe(false);
  });
});

describe('a recount of planted rows', () => {
  let db: TestDatabase;
  let planted: PlantedExecution;

  beforeEach(async () => {
    db = await createTestDatabase(inject('postgresAdminUrl'));
    planted = await plantExecution(db, { seeds: SEEDS });
    await within(async (tx) => {
      const { executionId, laneIds } = planted;
      await settleUrl(tx, executionId, url(0), { fetched: 200 });
      await settleUrl(tx, executionId, url(1), { fetched: 204 });
      await settleUrl(tx, executionId, url(2), { fetched: 404 });
      await settleUrl(tx, executionId, url(3), { failed: 'timeout' });
      await settleUrl(tx, executionId, url(4), { failed: 'timeout' });
      await settleUrl(tx, executionId, url(5), { skipped: 'robots_txt' });
      await settleUrl(tx, executionId, url(6), { leasedBy: laneIds[0] ?? '', epoch: 1 });
    });
  });
  afterEach(() => db.drop());

  const within = <T>(work: (tx: Tx) => Promise<T>) => db.app.withTenant(db.tenantId, work);
  const recount = () => within((tx) => recountCoverage(tx, planted.executionId));

  it('says where every URL went, and balances', async () => {
    expect(await recount()).toEqual({
      receipt: {
        discovered: 8,
        fetched: 3,
        failed: 2,
        skipped: 1,
        pending: 2,
        balanced: true,
        failedByCode: { timeout: 2 },
        skippedByReason: { robots_txt: 1 },
        discoveredByMethod: { seed: 8 },
        fetchedByStatus: { '2xx': 2, '4xx': 1 },
      },
      contradictions: 0,
      targetsSkipped: 1,
    });
  });

  it.each(['url_discovery_log', 'crawl_targets', 'crawl_results'])(
    'does not balance once a row of %s is missing',
    async (table) => {
      const key = table === 'url_discovery_log' ? 'url_hash' : 'url_key';
      await within(
        ({ sql }) =>
          sql`delete from ${sql(table)} where execution_id = ${planted.executionId} and ${sql(key)} = ${urlKey(url(0))}`,
      );
      const { receipt, contradictions } = await recount();
      expect(contradictions).toBeGreaterThan(0);
      expect(receipt.balanced).toBe(false);
    },
  );

  it('of an execution without any row is all zeros and balances', async () => {
    const empty = await plantExecution(db);
    const { receipt } = await within((tx) => recountCoverage(tx, empty.executionId));
    expect(receipt).toMatchObject({ discovered: 0, pending: 0, balanced: true });
  });
});
