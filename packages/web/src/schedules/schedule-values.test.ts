import { scheduleConfig } from '@outrider/shared/contract';
import { expect, it } from 'vitest';
import { errorsOf, newScheduleValues, requestOf } from './schedule-values.js';

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
