import { describe, expect, it } from 'vitest';
import { countOf, formatBytes, formatClock, formatDuration, formatTime } from './quantities.js';

describe('figures for people', () => {
  it.each([
    [0, '0:00'],
    [59.9, '0:59'],
    [754, '12:34'],
    [3_723, '1:02:03'],
  ])('a clock shows %d s as %s', (seconds, text) => expect(formatClock(seconds)).toBe(text));

  it.each([
    [0, '0.0 s'],
    [59.94, '59.9 s'],
    [59.96, '1 min 0 s'],
    [125.4, '2 min 5 s'],
    [3_725, '1 h 2 min'],
  ])('a duration of %d s is %s', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  it.each([
    [0, '0 B'],
    [1_023, '1023 B'],
    [1_024, '1.0 KiB'],
    [5_242_880, '5.0 MiB'],
    [2 ** 60, '1,048,576.0 TiB'],
  ])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it('one is one, and a time is UTC', () => {
    expect([countOf(1, 'page'), countOf(1_000, 'page')]).toEqual(['1 page', '1,000 pages']);
    expect(formatTime('2026-01-31T12:00:00+02:00')).toBe('2026-01-31 10:00:00Z');
    expect(formatTime(null)).toBe('');
  });
});
