import { describe, expect, it } from 'vitest';
import { quantile, readHistogram, since } from '../../bench/histogram.mjs';

const text = (...counts: number[]): string =>
  ['0.01', '0.1', '+Inf']
    .map((le, at) => `claim_seconds_bucket{le="${le}",service="worker"} ${counts[at]}`)
    .join('\n');

describe('a histogram of the metrics', () => {
  it('gives the quantile within its bucket', () => {
    const histogram = readHistogram(text(50, 100, 100), 'claim_seconds');
    expect(quantile(histogram, 0.5)).toBeCloseTo(0.01);
    expect(quantile(histogram, 0.75)).toBeCloseTo(0.055);
  });

  it('what lies beyond the last bound is at least that bound', () => {
    expect(quantile(readHistogram(text(0, 0, 3), 'claim_seconds'), 0.99)).toBe(0.1);
  });

  it('counts what happened since an earlier reading', () => {
    const [early, late] = [
      readHistogram(text(50, 50, 50), 'claim_seconds'),
      readHistogram(text(50, 60, 60), 'claim_seconds'),
    ];
    expect(quantile(since(late, early), 0.5)).toBeCloseTo(0.055);
    expect(quantile(since(early, early), 0.99)).toBeNaN();
    expect(since(early, [])).toEqual(early);
  });
});
