import { describe, expect, it } from 'vitest';
import { formatBytes, formatDuration, formatMilliseconds, formatRelative, formatShare } from './format.js';

describe('a duration', () => {
  it.each([
    [0, '0 s'],
    [1.26, '1.3 s'],
    [59.6, '1 min'],
    [61, '1 min 1 s'],
    [3_600, '1 h'],
    [7_500, '2 h 5 min'],
    [90_061, '1 d 1 h'],
    [null, '–'],
  ])('of %s seconds is %s', (seconds, words) => {
    expect(formatDuration(seconds)).toBe(words);
  });
});

it('bytes are told in the largest unit that leaves a whole number before the point', () => {
  expect([0, 999, 1_000, 15_240_000, 2e12].map(formatBytes)).toEqual([
    '0 B',
    '999 B',
    '1 kB',
    '15.2 MB',
    '2 TB',
  ]);
});

it('many milliseconds are seconds', () => {
  expect([12.4, 9_999, 12_340].map(formatMilliseconds)).toEqual(['12 ms', '9,999 ms', '12.3 s']);
});

it('a share is told in per cent', () => {
  expect(formatShare(0.1234)).toBe('12.3%');
});

it('a moment is told by its distance, back and ahead', () => {
  const now = Date.parse('2026-01-10T12:00:00Z');
  const at = (iso: string): string => formatRelative(iso, now);
  expect(at('2026-01-10T11:59:58Z')).toBe('just now');
  expect(at('2026-01-10T11:57:00Z')).toBe('3 minutes ago');
  expect(at('2026-01-10T14:00:00Z')).toBe('in 2 hours');
  expect(at('2026-01-09T12:00:00Z')).toBe('yesterday');
});
