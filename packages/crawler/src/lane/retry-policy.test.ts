import { readFileSync } from 'node:fs';
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

const FILE = new URL('../../../../fixtures/bad-inputs/fetch.json', import.meta.url);
interface RetryAfterCase {
  readonly id: string;
  readonly layer: string;
  readonly input: { readonly retryAfter: string };
  readonly expected: { readonly waitMs: number | null };
}
const CASES = (JSON.parse(readFileSync(FILE, 'utf8')) as readonly RetryAfterCase[]).filter(
  ({ layer }) => layer === 'retry-after',
);

describe('Retry-After', () => {
  const now = Date.UTC(2030, 0, 1, 12);
  it.each(CASES.map((one) => [one.id, one] as const))(
    '%s is as long as expected',
    (_, { input, expected }) => {
      expect(retryAfterMs([['retry-after', input.retryAfter]], now)).toBe(expected.waitMs);
    },
  );

  it('is null where there is none', () => {
    expect(retryAfterMs([['content-type', 'text/html']], now)).toBeNull();
  });
});
