import { expect, it } from 'vitest';
import type { ProgressSample } from '../live/event-history.js';
import { ratesOf, recentRate } from './progress-rate.js';

const at = (ms: number, fetched: number, executionId = 'a'): ProgressSample => ({
  ...{ executionId, at: ms, fetched, failed: 0, skipped: 0, pending: 0, discovered: fetched, errors: 0 },
});

it('a rate is what was fetched between two moments at least a second apart', () => {
  const points = ratesOf([at(0, 0), at(100, 40), at(1_000, 100), at(3_000, 200)], 'a');
  expect(points.map(({ at, pages }) => [at, pages])).toEqual([
    [1, 100],
    [3, 50],
  ]);
  expect(recentRate(points)).toBe(75);
});

it('other executions, gaps and counters that began anew make no rate', () => {
  expect(ratesOf([at(0, 0), at(2_000, 90, 'b')], 'a')).toEqual([]);
  expect(ratesOf([at(0, 0), at(60_000, 90)], 'a')).toEqual([]);
  expect(ratesOf([at(0, 50), at(2_000, 10), at(4_000, 30)], 'a').map(({ pages }) => pages)).toEqual([10]);
  expect(recentRate([])).toBeNull();
});
