import { describe, expect, it } from 'vitest';
import { createTokenBuckets } from './token-buckets.js';

describe('token buckets', () => {
  it('give what was saved up, then as much as time brings', () => {
    let now = 0;
    const buckets = createTokenBuckets({ capacity: 2, perMinute: 60, now: () => now });
    expect([buckets.take('a'), buckets.take('a'), buckets.take('a')]).toEqual([null, null, 1]);
    now = 999;
    expect(buckets.take('a')).toBe(1);
    now = 1_001;
    expect([buckets.take('a'), buckets.take('a')]).toEqual([null, 1]);
    now = 1_000_000;
    expect([buckets.take('a'), buckets.take('a'), buckets.take('a')]).toEqual([null, null, 1]);
  });

  it('say how long to wait, in whole seconds', () => {
    const buckets = createTokenBuckets({ capacity: 1, perMinute: 6, now: () => 0 });
    expect([buckets.take('a'), buckets.take('a')]).toEqual([null, 10]);
  });

  it('belong to one name each, and take back what was not due, up to their capacity', () => {
    const buckets = createTokenBuckets({ capacity: 1, perMinute: 1, now: () => 0 });
    expect([buckets.take('a'), buckets.take('b')]).toEqual([null, null]);
    buckets.giveBack('a');
    buckets.giveBack('a');
    expect([buckets.take('a'), buckets.take('a'), buckets.take('b')]).toEqual([null, 60, 60]);
  });

  it('remember a bounded number of names, and forget the one touched longest ago', () => {
    const buckets = createTokenBuckets({ capacity: 1, perMinute: 1, maxNames: 2, now: () => 0 });
    for (const name of ['a', 'b', 'c']) buckets.take(name);
    expect(buckets.take('c')).toBe(60);
    expect(buckets.take('a')).toBeNull();
  });
});
