import { describe, expect, it } from 'vitest';
import { nextTicks } from './next-tick.js';

const START = Date.UTC(2026, 2, 28);
const timing = (cron: string, jitterSeconds: number, timeZone = 'UTC') => ({
  ...{ cron, timeZone, jitterSeconds, startsAt: null, endsAt: null },
});

describe('a jitter', () => {
  it.each([
    ['* * * * *', 'UTC'],
    ['*/5 * * * *', 'UTC'],
    ['0,1,30 * * * *', 'UTC'],
    ['30 * * * *', 'Europe/Berlin'],
  ])('longer than the time to the next tick ends before it: %s in %s', (cron, timeZone) => {
    // Begins the day before clocks jump: the tick they jump over comes half an hour before the next.
    const ticks = nextTicks('a schedule', timing(cron, 3_600, timeZone), START, 3_000);
    for (const [index, { at, dueAt }] of ticks.entries()) {
      expect(dueAt).toBeGreaterThanOrEqual(at);
      expect(dueAt).toBeLessThan(ticks[index + 1]?.at ?? Number.POSITIVE_INFINITY);
    }
  });

  it('uses all the time that there is until the next tick, spread evenly', () => {
    const ticks = nextTicks('a schedule', timing('*/5 * * * *', 3_600), START, 2_000);
    const delays = ticks.map(({ at, dueAt }) => dueAt - at);
    const mean = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
    expect(mean).toBeGreaterThan(140_000);
    expect(mean).toBeLessThan(160_000);
    expect(Math.max(...delays)).toBeGreaterThan(290_000);
  });

  it('shorter than that is what it says', () => {
    const ticks = nextTicks('a schedule', timing('0 * * * *', 60), START, 500);
    const delays = ticks.map(({ at, dueAt }) => dueAt - at);
    expect(Math.max(...delays)).toBeLessThan(60_000);
    expect(Math.max(...delays)).toBeGreaterThan(55_000);
  });
});
