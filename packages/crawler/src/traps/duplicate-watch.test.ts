import { describe, expect, it } from 'vitest';
import { DuplicateWatch } from './duplicate-watch.js';

describe('the watch for pages that repeat each other', () => {
  it('closes a pattern at its limit, once', () => {
    const watch = new DuplicateWatch(3);
    expect([1, 2, 3, 4].map(() => watch.note('a.test/p?sid', 'same'))).toEqual([false, false, true, false]);
    expect([watch.hasClosed, watch.isClosed('a.test/p?sid'), watch.isClosed('a.test/q?sid')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('counts pages with the same text of the same pattern only', () => {
    const watch = new DuplicateWatch(2);
    expect(watch.note('a.test/p?id', 'one')).toBe(false);
    expect(watch.note('a.test/p?id', 'two')).toBe(false);
    expect(watch.note('a.test/q?id', 'one')).toBe(false);
    expect(watch.hasClosed).toBe(false);
  });

  it('learns what other lanes closed', () => {
    const watch = new DuplicateWatch(2);
    watch.learn(['a.test/p?sid']);
    expect(watch.isClosed('a.test/p?sid')).toBe(true);
  });

  it('closes nothing when it is off', () => {
    const watch = new DuplicateWatch(0);
    for (let n = 0; n < 5; n++) expect(watch.note('a.test/p', 'same')).toBe(false);
  });

  it('still counts what recurs while it forgets the rest', () => {
    const watch = new DuplicateWatch(10);
    let closed = 0;
    for (let n = 0; n < 100_000; n++) {
      watch.note(`a.test/p${n}`, 'x');
      if (n % 10_000 === 0 && watch.note('a.test/s?sid', 'same')) closed += 1;
    }
    expect(closed).toBe(1);
  });
});
