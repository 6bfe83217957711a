import { describe, expect, it } from 'vitest';
import { scheduleCreate } from '../api/schedule-resources.js';
import { nearestTimeZone } from './nearest-time-zone.js';

describe('nearestTimeZone', () => {
  it.each([
    ['Berlin', 'Europe/Berlin'],
    ['europe/berln', 'Europe/Berlin'],
    ['Europa/Berlin', 'Europe/Berlin'],
    ['New York', 'America/New_York'],
    ['america/los angeles', 'America/Los_Angeles'],
    ['Tokio', 'Asia/Tokyo'],
    ['UTZ', 'UTC'],
  ])('%s was meant to be %s', (written, zone) => expect(nearestTimeZone(written)).toBe(zone));

  it.each([
    '+02:00',
    'my desk',
    '',
    'x'.repeat(5_000),
    `${'/'.repeat(5_000)}Berlin`,
    `Berlin${' '.repeat(60)}`,
  ])('%j is near to none', (written) => {
    expect(nearestTimeZone(written)).toBeNull();
  });
});

it.each([
  ['Europe/Berln', 'not a time zone of the IANA database; did you mean Europe/Berlin?'],
  ['+02:00', 'not a time zone of the IANA database, such as Europe/Berlin'],
])('a schedule in %s is told which zone to name', (timeZone, message) => {
  const parsed = scheduleCreate.safeParse({ name: 'x', cron: '@daily', timeZone });
  expect(parsed.error?.issues).toMatchObject([{ path: ['timeZone'], message }]);
});
