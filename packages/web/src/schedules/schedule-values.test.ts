import { scheduleConfig } from '@outrider/shared/contract';
import { expect, it } from 'vitest';
import { errorsOf, newScheduleValues, requestOf, valuesOf } from './schedule-values.js';

const VALUES = newScheduleValues('Europe/Berlin');

it('a new schedule is one that the API takes', () => {
  expect(errorsOf(VALUES)).toEqual({});
  expect(scheduleConfig.parse(requestOf(VALUES))).toMatchObject({
    cron: '0 3 * * *',
    pauseAfterFailures: null,
  });
});

it('what is wrong is said at its field', () => {
  const errors = errorsOf({
    ...VALUES,
    name: '',
    cron: '61 * * * *',
    timeZone: 'Mars/Base',
    catchUpWindowSeconds: -1,
  });
  expect(Object.keys(errors).sort()).toEqual(['catchUpWindowSeconds', 'cron', 'name', 'timeZone']);
});

it('windows, start, end and run limit are shown as they are, and sent back unchanged', () => {
  const config = scheduleConfig.parse({
    ...{ name: 'Rare', cron: '@daily', startsAt: '2026-12-01T10:00:30+01:00', maxRuns: 3 },
    blackouts: [
      { from: '22:00', to: '06:00', days: ['fri', 'sat'] },
      { from: '12:00', to: '13:00' },
      { fromDate: '2026-12-24', toDate: '2026-12-26' },
    ],
  });
  const values = valuesOf(config);
  expect(values.blackouts).toBe('22:00 to 06:00 on fri, sat\n12:00 to 13:00\n2026-12-24 to 2026-12-26');
  expect(errorsOf(values)).toEqual({});
  const { blackouts, startsAt, endsAt, maxRuns } = config;
  expect(requestOf(values)).toMatchObject({ blackouts, startsAt, endsAt, maxRuns });
});

it.each([
  '12:00-13:00',
  '25:00 to 26:00',
  '12:00 to 12:00',
  '12:00 to 13:00 on someday',
  '2026-12-26 to 2026-12-24',
])('a window like "%s" is refused with the line that it is in', (line) => {
  const { blackouts } = errorsOf({ ...VALUES, blackouts: `01:00 to 02:00\n\n${line}` });
  expect(blackouts).toMatch(/^Line 3: write it as /);
});
