import { expect, it } from 'vitest';
import { clockTime } from './tick-preview.js';

it('a tick is shown as the clocks of its own zone show it, wherever its reader is', () => {
  expect(clockTime('2026-03-29T03:30:00+02:00', 'en-GB')).toMatch(/29 Mar 2026.*03:30/);
  expect(clockTime('2026-01-01T23:00:00-08:00', 'en-GB')).toMatch(/1 Jan 2026.*23:00/);
});
