import { describe, expect, it } from 'vitest';
import { peakAt, tenths, timeOf } from '../../bench/run-samples.mjs';

const sample = (at: number, pages: number) => ({
  at,
  pages,
  pending: 0,
  workerMb: 0,
  workerPeakMb: at * 10,
  databaseMb: 0,
  workerCpu: 0,
  databaseCpu: 0,
  otherCpu: 0,
  claims: [],
});

describe('samples of a run', () => {
  it('tell when so many pages were done', () => {
    const run = [sample(1, 0), sample(2, 100), sample(4, 300)];
    expect(timeOf(run, 50)).toBe(1.5);
    expect(timeOf(run, 200)).toBe(3);
    expect(timeOf(run, 300)).toBe(4);
  });

  it('tell the speed of each tenth', () => {
    const run = [sample(0, 0), sample(10, 500), sample(30, 1_000)];
    const speeds = tenths(run);
    expect(speeds[1]).toBeCloseTo(50);
    expect(speeds[9]).toBeCloseTo(25);
  });

  it('tell the peak by the time so many pages were done', () => {
    const run = [sample(1, 10), sample(2, 100), sample(3, 200)];
    expect(peakAt(run, 100)).toBe(20);
    expect(peakAt(run, 1_000)).toBe(30);
  });
});
