import type { TrapBudget } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { NumberWatch } from './number-watch.js';

const numbers = (pattern: string, limit = 100): TrapBudget => ({
  option: 'traps.maxPerNumberPattern',
  limit,
  pattern,
  unit: null,
});
const hosts: TrapBudget = { option: 'traps.maxHostsPerDomain', limit: 9, pattern: 'hosts', unit: 'a' };

describe('the watch over numbered URLs', () => {
  it('leaves the first tenth of a budget to the lanes, and brings it along with the next', () => {
    const watch = new NumberWatch(2);
    const seen = Array.from({ length: 8 }, () => watch.counted([numbers('a.test/{n}')]));
    expect(seen.slice(0, 5)).toEqual([[], [], [], [], []]);
    expect(seen[5]).toEqual([{ ...numbers('a.test/{n}'), carry: 5 }]);
    expect(seen.slice(6)).toEqual([[numbers('a.test/{n}')], [numbers('a.test/{n}')]]);
  });

  it('counts each pattern for itself, and other budgets from the first on', () => {
    const watch = new NumberWatch(1);
    expect(watch.counted([hosts, numbers('a.test/{n}', 10)])).toEqual([hosts]);
    expect(watch.counted([hosts, numbers('b.test/{n}', 10)])).toEqual([hosts]);
    expect(watch.counted([hosts, numbers('a.test/{n}', 10)])).toEqual([
      hosts,
      { ...numbers('a.test/{n}', 10), carry: 1 },
    ]);
  });

  it('counts a small budget from the first URL on', () => {
    expect(new NumberWatch(4).counted([numbers('a.test/{n}', 20)])).toEqual([
      { ...numbers('a.test/{n}', 20), carry: 0 },
    ]);
  });
});
