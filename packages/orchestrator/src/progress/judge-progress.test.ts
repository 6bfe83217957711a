import { describe, expect, it } from 'vitest';
import { judgeProgress } from './judge-progress.js';

const reading = (fetched: number, failed: number, errors: number) => ({
  coverage: { discovered: fetched + failed, fetched, failed, skipped: 0, pending: 0 },
  errors,
});
const window = { windowSeconds: 12, windowSettled: 1_000, windowErrors: 5 };

describe('judgeProgress', () => {
  it.each([
    [0, 1, 1],
    [1, 99, null],
    [99, 100, 100],
    [100, 999, null],
    [400, 1_200, 1_000],
    [90, 20_000, 10_000],
    [10_000, 10_001, null],
    [999_999, 1_000_000, 1_000_000],
  ])('from %d to %d pages the milestone is %s', (before, after, milestone) => {
    const { milestone: told } = judgeProgress({
      now: reading(after, 0, 0),
      told: { ...window, fetched: before },
    });
    expect(told?.pages ?? null).toBe(milestone);
  });

  it('the first look at an execution tells the milestone it has passed and no burst', () => {
    expect(judgeProgress({ now: reading(5, 100, 100), told: null })).toMatchObject({
      milestone: { pages: 1 },
      burst: null,
      beginsWindow: true,
    });
  });

  it('twenty errors that are half of the pages of a window are a burst, and begin the next window', () => {
    const now = reading(1_020, 20, 25);
    expect(judgeProgress({ now, told: { ...window, fetched: 1_000 } })).toMatchObject({
      burst: { errors: 20, pages: 40, seconds: 12 },
      beginsWindow: true,
    });
  });

  it.each([
    ['nineteen errors', reading(1_000, 19, 24)],
    ['errors that are less than half', reading(1_030, 20, 25)],
  ])('%s are none', (_what, now) => {
    expect(judgeProgress({ now, told: { ...window, fetched: 1_000 } }).burst).toBeNull();
  });

  it('before the window is over nothing is told, and it goes on', () => {
    const told = { ...window, windowSeconds: 3, fetched: 1_000 };
    expect(judgeProgress({ now: reading(1_000, 500, 505), told })).toMatchObject({
      burst: null,
      beginsWindow: false,
    });
  });
});
