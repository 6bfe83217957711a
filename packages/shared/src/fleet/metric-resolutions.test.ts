import { expect, it } from 'vitest';
import { resolutionFor } from './metric-resolutions.js';

it.each([
  [3_600, 'sample'],
  [6 * 3_600, 'sample'],
  [6 * 3_600 + 1, 'minute'],
  [7 * 86_400, 'minute'],
  [7 * 86_400 + 1, 'hour'],
])('a span of %d seconds is shown by the %s', (seconds, resolution) => {
  expect(resolutionFor(seconds)).toBe(resolution);
});
