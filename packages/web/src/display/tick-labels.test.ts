import { expect, it } from 'vitest';
import { tickLabels } from './tick-labels.js';

const NOON = Date.parse('2026-03-04T12:00:00') / 1_000;

it.each([
  ['seconds where ticks are less than a minute apart', 30, ['12:00:00', '12:00:30']],
  ['the clock where they are minutes or hours apart', 300, ['12:00', '12:05']],
  ['days where they are days apart', 86_400, ['Mar 4', 'Mar 5']],
] as const)('ticks of time have %s', (_, apart, labels) => {
  expect(tickLabels([NOON, NOON + apart], apart, 'en-US')).toEqual(labels);
});
