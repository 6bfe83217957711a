import { describe, expect, it } from 'vitest';
import { type HostHealth, observeHost, slowedDown } from './response-times.js';

const NEW: HostHealth = {
  baselineMs: null,
  responseMs: null,
  slowLevel: 0,
  slowChangedMsAgo: Number.POSITIVE_INFINITY,
  failuresInARow: 0,
};

/** One observation a second, of ten answers each. */
function watch(start: HostHealth, ...firstByteMs: readonly number[]): HostHealth {
  let health = start;
  for (const ms of firstByteMs) {
    health = { ...health, slowChangedMsAgo: health.slowChangedMsAgo + 1_000 };
    health = observeHost(health, { hasAnswered: true, answers: 10, firstByteMs: ms * 10, failuresInARow: 0 });
  }
  return health;
}
const times = (ms: number, seconds: number): number[] => Array.from({ length: seconds }, () => ms);

describe('a host', () => {
  it('that is fast is not slow when a busy machine measures it a quarter of a second late', () => {
    expect(watch(NEW, ...times(2, 30), ...times(250, 60)).slowLevel).toBe(0);
  });

  it('that was always slow is not slowed down', () => {
    expect(watch(NEW, ...times(3_000, 120)).slowLevel).toBe(0);
  });

  it('that takes several times its baseline is slowed down a step every five seconds', () => {
    const fast = watch(NEW, ...times(100, 20));
    expect(watch(fast, 5_000).slowLevel).toBe(1);
    expect(watch(fast, ...times(5_000, 4)).slowLevel).toBe(1);
    expect(watch(fast, ...times(5_000, 7)).slowLevel).toBe(2);
    expect(watch(fast, ...times(5_000, 300)).slowLevel).toBe(8);
  });

  it('that recovers gets a step back every ten seconds', () => {
    const slow = watch(NEW, ...times(100, 20), ...times(5_000, 12));
    expect(slow.slowLevel).toBe(3);
    expect(watch(slow, ...times(100, 60)).slowLevel).toBe(0);
    expect(watch(slow, ...times(100, 18)).slowLevel).toBeGreaterThan(0);
  });

  it('that was slowed down long ago starts anew', () => {
    const slow = watch(NEW, ...times(100, 20), ...times(5_000, 300));
    expect(watch({ ...slow, slowChangedMsAgo: 31 * 60_000 }, 100).slowLevel).toBe(0);
  });

  it('that was slowed down long ago starts anew, though it gives too few answers to be judged', () => {
    const slow = { ...watch(NEW, ...times(100, 20), ...times(5_000, 300)), slowChangedMsAgo: 31 * 60_000 };
    const seen = { hasAnswered: true, answers: 0, firstByteMs: 0, failuresInARow: 0 };
    expect(observeHost(slow, seen)).toMatchObject({ slowLevel: 0, slowChangedMsAgo: 0 });
  });

  it('is not judged by a handful of answers', () => {
    const fast = watch(NEW, ...times(100, 20));
    const seen = { hasAnswered: true, answers: 4, firstByteMs: 40_000, failuresInARow: 0 };
    expect(observeHost(fast, seen)).toEqual(fast);
  });

  it('has as many failures in a row as lanes saw since one of them got an answer', () => {
    const failed = (failuresInARow: number, hasAnswered = false) => ({
      ...{ hasAnswered, failuresInARow },
      ...{ answers: 0, firstByteMs: 0 },
    });
    const three = observeHost(NEW, failed(3));
    expect(observeHost(three, failed(2)).failuresInARow).toBe(5);
    expect(observeHost(three, failed(2, true)).failuresInARow).toBe(2);
  });
});

describe('a slow-down', () => {
  it('halves the fetches at a time, and then spaces out the one that is left', () => {
    const at = (slowLevel: number) => slowedDown(8, { slowLevel, responseMs: 1_500 });
    expect([0, 1, 2, 3].map((level) => at(level).limit)).toEqual([8, 4, 2, 1]);
    expect([3, 4, 5, 8].map((level) => at(level).delayMs)).toEqual([0, 1_500, 3_000, 10_000]);
    expect(slowedDown(1, { slowLevel: 1, responseMs: 700 })).toEqual({ limit: 1, delayMs: 700 });
  });
});
