import { describe, expect, it } from 'vitest';
import type { FetchFailureCode } from '../fetch/fetch-failures.js';
import { HostWatch } from './host-watch.js';

const grant = (isDead: boolean) => ({
  ...{ host: 'a.test', permits: 1, claims: 1, startInMs: 0, delayMs: 0, refusal: null },
  ...{ isSlower: false, isShared: false },
  isDead,
});

const failure = (code: FetchFailureCode, status: number | null = null) => ({ code, status });

describe('what a lane sees of a host', () => {
  it('is reported once a second: whether it answered, and connections that failed since', () => {
    const watch = new HostWatch();
    const noTimes = { answers: 0, firstByteMs: 0 };
    watch.failed('a.test', failure('connection_refused'), 'one');
    watch.answered('a.test', 'one', 10, 0);
    watch.failed('a.test', failure('connect_timeout'), 'one');
    watch.failed('a.test', failure('tls_expired'), 'one');
    expect(watch.report(0)).toEqual(
      new Map([['a.test', { hasAnswered: true, failuresInARow: 1, ...noTimes }]]),
    );
    watch.failed('a.test', failure('connect_timeout'), 'two');
    expect(watch.report(999).size).toBe(0);
    expect(watch.report(1_000).get('a.test')).toEqual({
      ...{ hasAnswered: false, failuresInARow: 1 },
      ...noTimes,
    });
    expect(watch.report(2_000).size).toBe(0);
  });

  it('says how long answers took as soon as there are five, however long that takes', () => {
    const watch = new HostWatch();
    const told: unknown[] = [];
    for (let second = 1; second <= 6; second += 1) {
      for (const key of ['one', 'two']) watch.answered('a.test', key, 1_000, second * 1_000);
      const { answers, firstByteMs } = watch.report(second * 1_000).get('a.test') ?? {};
      told.push([answers, firstByteMs]);
    }
    expect(told).toEqual([
      ...[
        [0, 0],
        [0, 0],
        [6, 6_000],
      ],
      ...[
        [0, 0],
        [0, 0],
        [6, 6_000],
      ],
    ]);
  });

  it('puts no times together that are a minute apart, nor counts answers without one', () => {
    const watch = new HostWatch();
    for (let minute = 0; minute < 8; minute += 1) {
      watch.answered('a.test', 'one', 10, minute * 61_000);
      watch.answered('a.test', 'carried', null, minute * 61_000);
      expect(watch.report(minute * 61_000).get('a.test')).toMatchObject({ hasAnswered: true, answers: 0 });
    }
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
    watch.answered('a.test', 'one', 1);
    silent('one');
    expect(watch.report(6_000).get('a.test')).toMatchObject({ failuresInARow: 1 });
  });

  it('tells a refusal of one URL from one of all', () => {
    const watch = new HostWatch();
    const isOfUrl = (key: string) => watch.refused('a.test', key).isOfUrl;
    expect([isOfUrl('one'), isOfUrl('one')]).toEqual([true, true]);
    expect([isOfUrl('two'), isOfUrl('one')]).toEqual([false, false]);
    // Both refuse while the host answers others, in whatever order they come again.
    watch.answered('a.test', 'other', 1);
    expect([isOfUrl('two'), isOfUrl('one'), isOfUrl('three'), isOfUrl('four')]).toEqual([
      ...[true, true, true, false],
    ]);
    // A URL that was answered in the end starts anew.
    watch.answered('a.test', 'one', 1);
    expect([isOfUrl('five'), isOfUrl('one'), isOfUrl('two')]).toEqual([true, false, true]);
  });

  it('remembers that a host refused a URL which is recorded as that, until it answers others', () => {
    const watch = new HostWatch();
    const isOfUrl = (key: string) => watch.refused('a.test', key).isOfUrl;
    expect(isOfUrl('one')).toBe(true);
    watch.recorded('a.test', 'one');
    expect(isOfUrl('two')).toBe(false);
    watch.answered('a.test', 'other', 1);
    watch.recorded('a.test', 'two');
    expect([isOfUrl('three'), isOfUrl('one'), isOfUrl('two')]).toEqual([true, false, false]);
  });

  it('tells refusals in a row from those with other answers in between', () => {
    const watch = new HostWatch();
    const isInARow = (key: string) => watch.refused('a.test', key).isInARow;
    expect(isInARow('one')).toBe(true);
    watch.leftAlone('a.test', 1_000, 0);
    // It was under way when the host refused.
    watch.answered('a.test', 'slow', 1, 900);
    expect(isInARow('two')).toBe(true);
    watch.answered('a.test', 'other', 1, 1_000);
    watch.report(1_100);
    watch.report(9_000);
    // As for all that are in flight at once.
    expect([isInARow('three'), isInARow('four')]).toEqual([false, false]);
    watch.leftAlone('a.test', 1_000, 10_000);
    expect([isInARow('three'), isInARow('five')]).toEqual([true, true]);
    watch.answered('a.test', 'other', 1, 11_000);
    watch.leftAlone('a.test', 1_000, 12_000);
    // It refused these before it answered others: that says nothing about the host, until it refuses those too.
    expect([isInARow('one'), isInARow('six'), isInARow('two')]).toEqual([false, true, false]);
    expect([isInARow('seven'), isInARow('one')]).toEqual([true, true]);
  });

  it('hears of a back-off that another lane began', () => {
    const watch = new HostWatch();
    watch.answered('a.test', 'one', 1, 0);
    watch.granted([{ ...grant(false), refusal: 'host_backoff', startInMs: 1_000 }], 0);
    watch.answered('a.test', 'two', 1, 500);
    expect(watch.refused('a.test', 'three').isInARow).toBe(true);
    watch.answered('a.test', 'four', 1, 1_500);
    expect(watch.refused('a.test', 'five').isInARow).toBe(false);
  });

  it('lets one URL of a host that was given up through, and all again once it answers', () => {
    const watch = new HostWatch();
    watch.granted([grant(true)]);
    expect([watch.isGivenUp('a.test'), watch.isGivenUp('a.test')]).toEqual([false, true]);
    watch.granted([grant(true)]);
    expect(watch.isGivenUp('a.test')).toBe(true);
    watch.answered('a.test', 'one', 1);
    expect(watch.isGivenUp('a.test')).toBe(false);
    watch.granted([grant(true)]);
    watch.granted([grant(false)]);
    expect(watch.isGivenUp('a.test')).toBe(false);
  });
});
