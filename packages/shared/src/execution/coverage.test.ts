import fc from 'fast-check';
import { expect, it } from 'vitest';
import { coverageReceipt, isBalanced } from './coverage.js';

const count = fc.nat(1_000_000);

it('totals balance exactly when every discovered URL went to one place', () => {
  fc.assert(
    fc.property(
      count,
      count,
      count,
      count,
      fc.integer({ min: -5, max: 5 }),
      (fetched, failed, skipped, pending, off) => {
        const discovered = fetched + failed + skipped + pending + off;
        expect(isBalanced({ discovered, fetched, failed, skipped, pending })).toBe(off === 0);
      },
    ),
  );
});

it('a receipt names only skip reasons and discovery methods that exist', () => {
  const receipt = {
    discovered: 3,
    fetched: 1,
    failed: 0,
    skipped: 2,
    pending: 0,
    balanced: true,
    failedByCode: {},
    skippedByReason: { robots_txt: 2 },
    discoveredByMethod: { seed: 1, link: 2 },
    fetchedByStatus: { '200': 1 },
  };
  expect(coverageReceipt.parse(receipt)).toEqual(receipt);
  expect(coverageReceipt.safeParse({ ...receipt, skippedByReason: { whim: 2 } }).success).toBe(false);
  expect(coverageReceipt.safeParse({ ...receipt, fetched: -1 }).success).toBe(false);
});
