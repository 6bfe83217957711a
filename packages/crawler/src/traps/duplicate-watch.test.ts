import { describe, expect, it } from 'vitest';
import { DuplicateWatch, type PageText } from './duplicate-watch.js';

const page = (textHash: string, over: Partial<PageText> = {}): PageText => ({
  textHash,
  simhash: null,
  title: 'A title',
  h1: null,
  ...over,
});

describe('the watch for pages that repeat each other', () => {
  it('closes a pattern at its limit, once', () => {
    const watch = new DuplicateWatch(3);
    expect([1, 2, 3, 4].map(() => watch.note('a.test/p?sid', page('same')))).toEqual([
      false,
      false,
      true,
      false,
    ]);
    expect([watch.hasClosed, watch.isClosed('a.test/p?sid'), watch.isClosed('a.test/q?sid')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('counts pages with the same text of the same pattern only', () => {
    const watch = new DuplicateWatch(2);
    expect(watch.note('a.test/p?id', page('one'))).toBe(false);
    expect(watch.note('a.test/p?id', page('two'))).toBe(false);
    expect(watch.note('a.test/q?id', page('one'))).toBe(false);
    expect(watch.hasClosed).toBe(false);
  });

  it('counts nearly the same texts under one title and heading, and not under others', () => {
    const noted = (over: (n: number) => Partial<PageText>): boolean[] => {
      const watch = new DuplicateWatch(3);
      return [0, 1, 2].map((n) =>
        watch.note('a.test/p/{n}', page(`text ${n}`, { simhash: String(n), ...over(n) })),
      );
    };
    expect(noted(() => ({}))).toEqual([false, false, true]);
    expect(noted((n) => ({ title: `Product ${n}` }))).toEqual([false, false, false]);
    expect(noted((n) => ({ h1: `Product ${n}` }))).toEqual([false, false, false]);
    expect(noted((n) => ({ simhash: String(2 ** (n * 10) - 1) }))).toEqual([false, false, false]);
  });

  it('learns what other lanes closed', () => {
    const watch = new DuplicateWatch(2);
    watch.learn(['a.test/p?sid']);
    expect(watch.isClosed('a.test/p?sid')).toBe(true);
  });

  it('closes nothing when it is off', () => {
    const watch = new DuplicateWatch(0);
    for (let n = 0; n < 5; n++) expect(watch.note('a.test/p', page('same'))).toBe(false);
  });

  it('still counts what recurs while it forgets the rest', () => {
    const watch = new DuplicateWatch(10);
    let closed = 0;
    for (let n = 0; n < 100_000; n++) {
      watch.note(`a.test/p${n}`, page('x'));
      if (n % 10_000 === 0 && watch.note('a.test/s?sid', page('same'))) closed += 1;
    }
    expect(closed).toBe(1);
  });
});
