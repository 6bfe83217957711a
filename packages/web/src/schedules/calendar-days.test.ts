import { describe, expect, it } from 'vitest';
import { dayIn, daysLater, nameOf, shownDays, stepped } from './calendar-days.js';

describe('the days of a calendar', () => {
  it.each([
    ['month', '2026-11-21', '2026-10-26', '2026-12-06', 42],
    ['month', '2027-02-10', '2027-02-01', '2027-02-28', 28],
    ['week', '2026-11-22', '2026-11-16', '2026-11-22', 7],
    ['week', '2026-01-01', '2025-12-29', '2026-01-04', 7],
  ] as const)('%s of %s goes from %s to %s', (view, day, first, last, count) => {
    const days = shownDays(view, day);
    expect([days[0], days.at(-1), days.length]).toEqual([first, last, count]);
  });

  it.each([
    ['month', '2026-01-31', 1, '2026-02-01'],
    ['month', '2026-01-31', -1, '2025-12-01'],
    ['week', '2026-12-30', 1, '2027-01-06'],
  ] as const)('a %s after %s, by %i, is that of %s', (view, day, step, expected) => {
    expect(stepped(view, day, step)).toBe(expected);
  });

  it('a moment is on another day elsewhere', () => {
    const at = Date.parse('2026-11-21T23:30:00Z');
    expect([dayIn('UTC', at), dayIn('Europe/Berlin', at)]).toEqual(['2026-11-21', '2026-11-22']);
  });

  it('a day later is the next date where clocks change, too', () => {
    expect(daysLater('2026-03-28', 2)).toBe('2026-03-30');
    expect(nameOf('month', '2026-03-28', 'en-US')).toBe('March 2026');
  });
});
