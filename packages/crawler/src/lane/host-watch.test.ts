import { describe, expect, it } from 'vitest';
import type { FetchFailureCode } from '../fetch/fetch-failures.js';
import { HostWatch } from './host-watch.js';

const grant = (isDead: boolean) => ({
  ...{ host: 'a.test', permits: 1, claims: 1, startInMs: 0, delayMs: 0, refusal: null, isSlower: false },
  isDead,
});

const failure = (code: FetchFailureCode, status: number | null = null) => ({ code, status });

describe('what a lane sees of a host', () => {
  it('is reported once a second: answers, their times, and connections that failed since the last one', () => {
    const watch = new HostWatch();
    watch.failed('a.test', failure('connection_refused'), 'one');
    watch.answered('a.test', 10);
    watch.answered('a.test', 20);
    watch.failed('a.test', failure('connect_timeout'), 'one');
    watch.failed('a.test', failure('tls_expired'), 'one');
    expect(watch.report(0)).toEqual(
      new Map([['a.test', { answers: 2, firstByteMs: 30, failuresInARow: 1 }]]),
    );
    watch.answered('a.test', 5);
    expect(watch.report(999).size).toBe(0);
    expect(watch.report(1_000).get('a.test')).toEqual({ answers: 1, firstByteMs: 5, failuresInARow: 0 });
    expect(watch.report(2_000).size).toBe(0);
  });

  it('is urgent once five connections in a row have failed', () => {
    const watch = new HostWatch();
    watch.report(0);
    const urgent = Array.from({ length: 5 }, () =>
      watch.failed('a.test', failure('connection_refused'), 'one'),
    );
    expect(urgent).toEqual([false, false, false, false, true]);
    expect(watch.report(1).get('a.test')).toMatchObject({ failuresInARow: 5 });
    expect(watch.report(2).size).toBe(0);
  });

  it('counts silence once for each URL, until the host answers or was left alone for a while', () => {
    const watch = new HostWatch();
    const silent = (...keys: readonly string[]) =>
      keys.map((key) => watch.failed('a.test', failure('connection_reset'), key));
    expect(silent('one', 'one', 'one', 'one', 'one')).not.toContain(true);
    expect(silent('two', 'three', 'four')).not.toContain(true);
    expect(watch.failed('a.test', failure('connection_reset', 200), 'cut off in its body')).toBe(false);
    expect(watch.failed('a.test', failure('headers_timeout'), 'five')).toBe(true);
    expect(watch.report(0).get('a.test')).toMatchObject({ failuresInARow: 5 });
    silent('one');
    expect(watch.report(2_000).size).toBe(0);
    watch.granted([{ ...grant(false), refusal: 'host_backoff' }]);
    silent('one');
    expect(watch.report(4_000).get('a.test')).toMatchObject({ failuresInARow: 1 });
    watch.answered('a.test', 1);
    silent('one');
    expect(watch.report(6_000).get('a.test')).toMatchObject({ failuresInARow: 1 });
  });

  it('tells a refusal of one URL from one of all', () => {
    const watch = new HostWatch();
    expect([watch.refused('a.test', 'one'), watch.refused('a.test', 'one')]).toEqual([false, false]);
    expect([watch.refused('a.test', 'two'), watch.refused('a.test', 'one')]).toEqual([true, true]);
    watch.answered('a.test', 1);
    expect(watch.refused('a.test', 'two')).toBe(false);
  });

  it('lets one URL of a host that was given up through, and all again once it answers', () => {
    const watch = new HostWatch();
    watch.granted([grant(true)]);
    expect([watch.isGivenUp('a.test'), watch.isGivenUp('a.test')]).toEqual([false, true]);
    watch.granted([grant(true)]);
    expect(watch.isGivenUp('a.test')).toBe(true);
    watch.answered('a.test', 1);
    expect(watch.isGivenUp('a.test')).toBe(false);
    watch.granted([grant(true)]);
    watch.granted([grant(false)]);
    expect(watch.isGivenUp('a.test')).toBe(false);
  });
});
