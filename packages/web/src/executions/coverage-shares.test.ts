import type { CoverageReceipt } from '@outrider/shared/contract';
import { expect, it } from 'vitest';
import { coverageSentence, methodsOf, outcomesOf, partsOf } from './coverage-shares.js';

const RECEIPT: CoverageReceipt = {
  discovered: 110,
  fetched: 90,
  failed: 2,
  skipped: 18,
  pending: 0,
  balanced: true,
  failedByCode: { connection_refused: 2 },
  skippedByReason: { robots_txt: 3, out_of_scope: 15 },
  discoveredByMethod: { link: 100, sitemap: 9, seed: 1 },
  fetchedByStatus: { '200': 80, '404': 10 },
};

it('outcomes are those that there are, in the order of the picture, and sum up to all', () => {
  const outcomes = outcomesOf(RECEIPT);
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['fetched', 'failed', 'skipped']);
  expect(outcomes.reduce((sum, { count }) => sum + count, 0)).toBe(RECEIPT.discovered);
});

it('the parts of each outcome sum up to it, the largest first', () => {
  for (const { outcome, count } of outcomesOf(RECEIPT)) {
    expect(partsOf(RECEIPT, outcome).reduce((sum, part) => sum + part.count, 0)).toBe(count);
  }
  expect(partsOf(RECEIPT, 'skipped').map(({ name }) => name)).toEqual(['out_of_scope', 'robots_txt']);
  expect(methodsOf(RECEIPT).map(({ name }) => name)).toEqual(['link', 'sitemap', 'seed']);
});

it('the sentence says what the picture shows', () => {
  expect(coverageSentence(RECEIPT, String)).toBe('110 URLs: 90 fetched, 2 failed, 18 skipped.');
  const nothing = { discovered: 0, fetched: 0, failed: 0, skipped: 0, pending: 0 };
  expect(coverageSentence(nothing, String)).toBe('No URL is known yet.');
});
