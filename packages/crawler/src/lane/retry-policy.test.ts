import { describe, expect, it } from 'vitest';
import { isRefusal, isRetriedStatus, retryAfterMs, retryDelayMs } from './retry-policy.js';

describe('the delay before another try', () => {
  it.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [6, 32_000],
    [7, 60_000],
    [500, 60_000],
  ])('after attempt %i is %i ms, a tenth more or less', (attempt, expected) => {
    expect(retryDelayMs(attempt, () => 0.5)).toBe(expected);
    expect(retryDelayMs(attempt, () => 0)).toBe(expected * 0.9);
    expect(retryDelayMs(attempt, () => 1)).toBe(Math.round(expected * 1.1));
  });
});

describe('a status', () => {
  it.each([429, 500, 502, 503, 504])('%i is asked for again', (status) => {
    expect(isRetriedStatus(status)).toBe(true);
  });
  it('refuses all service when it is 429 or 503, and no other', () => {
    expect([429, 500, 502, 503, 504, 403].filter(isRefusal)).toEqual([429, 503]);
  });
  it.each([200, 301, 401, 403, 404, 410, 501, 505])('%i is the answer', (status) => {
    expect(isRetriedStatus(status)).toBe(false);
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2030, 0, 1, 12);
  it.each([
    ['30', 30_000],
    [' 30 ', 30_000],
    ['0', 0],
    ['99999999', 3_600_000],
    ['9'.repeat(400), 3_600_000],
    ['-5', 0],
    ['Tue, 01 Jan 2030 12:00:20 GMT', 20_000],
    ['Tue, 01 Jan 2030 11:00:00 GMT', 0],
    ['Tue, 01 Jan 2999 11:00:00 GMT', 3_600_000],
    ['soon', null],
    ['', null],
  ])('of %j is %j ms', (value, expected) => {
    expect(retryAfterMs([['retry-after', value]], now)).toBe(expected);
  });

  it('is null where there is none', () => {
    expect(retryAfterMs([['content-type', 'text/html']], now)).toBeNull();
  });
});
