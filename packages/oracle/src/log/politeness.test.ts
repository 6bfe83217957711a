import { describe, expect, it } from 'vitest';
import type { FetchLogEntry } from './fetch-log.js';
import { checkPoliteness, maxConcurrency, minGapMs } from './politeness.js';

function fetched(at: number, endedAt: number | null, more: Partial<FetchLogEntry> = {}): FetchLogEntry {
  return {
    at,
    notedLateMs: 0,
    host: 'a.test',
    path: `/${at}`,
    method: 'GET',
    userAgent: 'x',
    status: 200,
    startedAt: at,
    endedAt,
    concurrencyAtStart: 1,
    ending: endedAt === null ? 'open' : 'answered',
    ...more,
  };
}

describe('checkPoliteness', () => {
  it('finds nothing in a polite log, whatever its order', () => {
    const log = [fetched(3000, 3100), fetched(1000, 1100), fetched(2000, 2100)];
    expect(checkPoliteness(log, { maxConcurrency: 1, delayMs: 1000 })).toEqual([]);
  });

  it('finds the one fetch that came too soon', () => {
    const log = [fetched(1000, 1010), fetched(2000, 2010), fetched(2949, 2960)];
    expect(checkPoliteness(log, { maxConcurrency: 1, delayMs: 1000 })).toEqual([
      { rule: 'gap', host: 'a.test', path: '/2949', at: 2949, observed: 949, limit: 1000 },
    ]);
  });

  it('forgives fifty milliseconds of a delay and no more', () => {
    const log = [fetched(1000, 1010), fetched(1950, 1960)];
    expect(checkPoliteness(log, { maxConcurrency: 1, delayMs: 1000 })).toEqual([]);
    expect(checkPoliteness(log, { maxConcurrency: 1, delayMs: 1001 })).toHaveLength(1);
  });

  it('does not take for too soon what follows a request that the site itself noted late', () => {
    const log = [fetched(1000, 1010, { notedLateMs: 300 }), fetched(1700, 1710), fetched(2640, 2650)];
    expect(checkPoliteness(log, { maxConcurrency: 1, delayMs: 1000 })).toMatchObject([{ path: '/2640' }]);
  });

  it('finds the fetch that was one too many', () => {
    const log = [fetched(0, 100), fetched(10, 50), fetched(20, 30), fetched(60, 70)];
    expect(checkPoliteness(log, { maxConcurrency: 2, delayMs: 0 })).toEqual([
      { rule: 'concurrency', host: 'a.test', path: '/20', at: 20, observed: 3, limit: 2 },
    ]);
  });

  it('counts a fetch that never ended as open for ever', () => {
    const log = [fetched(0, null), fetched(1_000_000, 1_000_001)];
    expect(checkPoliteness(log, { maxConcurrency: 1, delayMs: 0 })).toHaveLength(1);
  });

  it('does not count a fetch that ends as another arrives', () => {
    const log = [fetched(0, 10), fetched(10, 20)];
    expect(checkPoliteness(log, { maxConcurrency: 1, delayMs: 0 })).toEqual([]);
  });

  it('allows for the time it takes to notice that a client gave up', () => {
    const aborted = fetched(0, 105, { ending: 'aborted', status: null });
    expect(checkPoliteness([aborted, fetched(100, 110)], { maxConcurrency: 1, delayMs: 0 })).toEqual([]);
    expect(checkPoliteness([aborted, fetched(50, 60)], { maxConcurrency: 1, delayMs: 0 })).toHaveLength(1);
    expect(
      checkPoliteness([fetched(0, 105), fetched(100, 110)], { maxConcurrency: 1, delayMs: 0 }),
    ).toHaveLength(1);
  });

  it('judges each host by itself', () => {
    const log = [fetched(0, 100), fetched(10, 100, { host: 'b.test' }), fetched(20, 100, { host: 'b.test' })];
    const violations = checkPoliteness(log, { maxConcurrency: 1, delayMs: 60 });
    expect(violations.map(({ rule, host }) => `${rule} ${host}`)).toEqual(['concurrency b.test']);
  });

  it('leaves out the paths it is told to', () => {
    const log = [fetched(0, 5, { path: '/robots.txt' }), fetched(10, 20), fetched(1010, 1020)];
    const limits = { maxConcurrency: 1, delayMs: 1000 };
    expect(checkPoliteness(log, limits)).toHaveLength(1);
    expect(checkPoliteness(log, { ...limits, exceptPaths: ['/robots.txt'] })).toEqual([]);
  });
});

describe('a host in numbers', () => {
  const log = [fetched(0, 100), fetched(40, 90), fetched(95, 120), fetched(96, 97, { host: 'b.test' })];

  it('has its highest concurrency', () => {
    expect(maxConcurrency(log, 'a.test')).toBe(2);
    expect(maxConcurrency(log, 'b.test')).toBe(1);
    expect(maxConcurrency(log, 'c.test')).toBe(0);
  });

  it('has its shortest gap', () => {
    expect(minGapMs(log, 'a.test')).toBe(40);
    expect(minGapMs(log, 'b.test')).toBe(Number.POSITIVE_INFINITY);
  });
});
