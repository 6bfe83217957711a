import { EVENTS } from '@outrider/shared/contract';
import { expect, it } from 'vitest';
import { touchedQueries } from './touched-queries.js';

it('progress makes nothing out of date, since it brings its figures', () => {
  expect(touchedQueries([{ eventType: 'execution.progress' }])).toEqual([]);
});

it('each read is named once, however many events touch it', () => {
  const touched = touchedQueries([{ eventType: 'execution.queued' }, { eventType: 'execution.ended' }]);
  expect(touched).toContain('getExecution');
  expect(new Set(touched).size).toBe(touched.length);
});

it('every other event of the catalogue makes something out of date', () => {
  const names = Object.keys(EVENTS).filter((name) => name !== 'execution.progress');
  expect(names.filter((eventType) => touchedQueries([{ eventType }]).length === 0)).toEqual([]);
});
