import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ScopeConfig, trapsConfig } from '../campaign/campaign-config.js';
import { createTrapGuard, sitemapBudgets, type TrapGuard, trapRule } from './trap-guard.js';

type Input = Parameters<typeof trapsConfig.parse>[0];
const guard = (traps: Input = {}, within: ScopeConfig['within'] = 'host'): TrapGuard =>
  createTrapGuard(trapsConfig.parse(traps), within, ['a.test']);
const rulesOf = (path: string, traps: Input = {}): string[] =>
  guard(traps).budgetsOf(`https://a.test${path}`).map(trapRule);

describe('the spelling of a URL', () => {
  it.each([
    ['/a/a/a', 'a'],
    ['/a/a/a/', 'a'],
    ['/shop/foo/foo/foo/bar', 'foo'],
    ['/x/y/x/y/x/y', 'x/y'],
    ['/x/y/z/x/y/z/x/y/z/end', 'x/y/z'],
    ['/2024/a/2024/a/2024/a', '2024/a'],
  ])('%s repeats a block of segments', (path, block) => {
    const rule = `traps.repeatedSegments: 3 times ${block}`;
    expect(guard().decide(`https://a.test${path}`)).toEqual({ crawl: false, reason: 'trap', rule });
  });

  it.each([
    '/',
    '/a/a/b',
    '/a/a/b/a/a/b',
    '/x/y/x/y/x',
    '/11/11/11/',
    '/2011/11/11/11/',
    '/a/b/a/c/a/d',
    '/std/iter/trait.Iterator.html',
    `/${Array.from({ length: 20 }, (_, n) => `s${n}`).join('/')}/`,
  ])('%s is like any other', (path) => {
    expect(guard().decide(`https://a.test${path}`)).toEqual({ crawl: true });
  });

  it('with too many segments is a trap, whatever they are', () => {
    const path = Array.from({ length: 21 }, (_, n) => `s${n}`).join('/');
    const rule = 'traps.maxPathSegments: 20';
    expect(guard().decide(`https://a.test/${path}`)).toEqual({ crawl: false, reason: 'trap', rule });
    expect(guard({ maxPathSegments: 0 }).decide(`https://a.test/${path}`)).toEqual({ crawl: true });
  });

  it('is not looked at once the guard is off', () => {
    expect(guard({ repeatedSegments: 0 }).decide('https://a.test/a/a/a/a')).toEqual({ crawl: true });
    expect(guard({ repeatedSegments: 4 }).decide('https://a.test/a/a/a')).toEqual({ crawl: true });
    expect(guard({ repeatedSegments: 4 }).decide('https://a.test/a/a/a/a')).toMatchObject({ crawl: false });
  });
});

describe('a calendar', () => {
  it.each([
    ['/calendar/2031/04', 'a.test/calendar/{n}/{n}'],
    ['/events/2031/04/', 'a.test/events/{n}/{n}/'],
    ['/2031/04/30', 'a.test/{n}/{n}/{n}'],
    ['/events/2031-04', 'a.test/events/{n}-{n}'],
    ['/x/day-2031-04-30.html', 'a.test/x/day-{n}-{n}-{n}.html'],
    ['/agenda/20310430', 'a.test/agenda/{n}'],
    ['/calendar/157', 'a.test/calendar/{n}'],
    ['/cal?month=4&year=2031', 'a.test/cal?month&year'],
    ['/x?y=2031&m=4', 'a.test/x?m&y'],
    ['/?m=203104', 'a.test/?m'],
    ['/list?view=grid&tribe-bar-date=2031-04-30', 'a.test/list?tribe-bar-date&view'],
    ['/week/12?view=list', 'a.test/week/{n}?view'],
  ])('%s has a budget for %s', (path, pattern) => {
    expect(rulesOf(path)).toEqual([`traps.maxPerDatePattern: 500 of ${pattern}`]);
  });

  it.each([
    '/product/4711',
    '/product/202405',
    '/2024/05/17/a-headline',
    '/blog/2024-05-17-a-headline.html',
    '/news/2024/05/17/4859392.html',
    '/archive/2024/05/?page=3',
    '/2024/05/page/3',
    '/viewtopic.php?f=2&t=2031',
    '/calendar/event/31337',
    '/std/arch/x86_64/fn._mm_abs_epi8.html',
    '/releaselog/3_45_1.html',
    '/a%20b/c%2031',
    '/',
  ])('%s is none', (path) => {
    expect(rulesOf(path, { maxPerNumberPattern: 0 })).toEqual([]);
  });

  it('has a budget of its own on each host', () => {
    expect(guard().budgetsOf('https://b.test:8443/calendar/2031/04?view=x')[0]?.pattern).toBe(
      'b.test:8443/calendar/{n}/{n}?view',
    );
  });

  it('has none once the guard is off', () => {
    expect(rulesOf('/calendar/2031/04', { maxPerDatePattern: 0, maxPerNumberPattern: 0 })).toEqual([]);
  });
});

describe('numbers that are no dates', () => {
  it('have a budget too, unless the campaign takes it away', () => {
    const option = { maxPerNumberPattern: 40 };
    expect(rulesOf('/thread/4711')).toEqual(['traps.maxPerNumberPattern: 25000 of a.test/thread/{n}']);
    expect(rulesOf('/thread/4711', { maxPerNumberPattern: 0 })).toEqual([]);
    expect(rulesOf('/product/4711?color=red', option)).toEqual([
      'traps.maxPerNumberPattern: 40 of a.test/product/{n}?color',
    ]);
    expect(rulesOf('/product/name', option)).toEqual([]);
  });

  it.each([
    ['/view?id=1', 'a.test/view?id={n}'],
    ['/list?page=12', 'a.test/list?page={n}'],
    ['/list?tag=red&page=12', 'a.test/list?page={n}&tag=red'],
    ['/list?page=12&tag=red', 'a.test/list?page={n}&tag=red'],
    ['/list?all&page=12', 'a.test/list?all&page={n}'],
    ['/index.php?topic=4711.20', 'a.test/index.php?topic={n}.{n}'],
    ['/wiki?title=2010_elections', 'a.test/wiki?title={n}_elections'],
    ['/list?page=2&s=0a1b2c3d4e5f60718293', 'a.test/list?page={n}&s={token}'],
  ])('have it in the query as well: %s is of %s', (path, pattern) => {
    expect(rulesOf(path)).toEqual([`traps.maxPerNumberPattern: 25000 of ${pattern}`]);
    expect(rulesOf(path, { maxPerNumberPattern: 0 })).toEqual([]);
  });

  it.each(['/view?id', '/view?id=', '/view?id=a', '/view?id=utf8', '/view?q=a%2031', '/view?page2=a'])(
    'are not in %s',
    (path) => expect(rulesOf(path)).toEqual([]),
  );
});

describe('what sitemaps name', () => {
  it('has budgets of its own, ten times as large', () => {
    const budgets = sitemapBudgets(guard({}, 'any').budgetsOf('https://n1.a.test/calendar/2031/04'));
    expect(budgets.map(trapRule)).toEqual([
      'traps.maxHostsPerDomain: 1000 of hosts of a.test, by sitemaps',
      'traps.maxPerDatePattern: 5000 of n1.a.test/calendar/{n}/{n}, by sitemaps',
    ]);
  });
});

describe('combinations of parameters', () => {
  it.each([
    ['/shop?a=x&b=y', []],
    ['/shop?a=1&b=2', ['traps.maxPerNumberPattern: 25000 of a.test/shop?a={n}&b={n}']],
    ['/shop?a=1&b=2&c=3', ['traps.maxQueryCombinations: 5000 of a.test/shop with 3 parameters']],
    ['/shop?a=1&b=2&c=3&d=4', ['traps.maxQueryCombinations: 500 of a.test/shop with 4 or more parameters']],
    [
      '/shop?f=1&f=2&f=3&f=4&f=5',
      ['traps.maxQueryCombinations: 500 of a.test/shop with 4 or more parameters'],
    ],
    ['/c/12?a&b&c', ['traps.maxQueryCombinations: 5000 of a.test/c/{n} with 3 parameters']],
  ])('%s', (path, rules) => {
    expect(rulesOf(path)).toEqual(rules);
  });
});

describe('the hosts of a domain', () => {
  it('are counted, besides those of the seeds, where more than one can be in scope', () => {
    const budgets = (within: ScopeConfig['within'], host: string): readonly unknown[] =>
      guard({}, within).budgetsOf(`https://${host}/`);
    const counted = { option: 'traps.maxHostsPerDomain', limit: 100, unit: 'n1.a.test' };
    expect(budgets('domain', 'n1.a.test')).toEqual([{ ...counted, pattern: 'hosts of a.test' }]);
    expect(budgets('any', 'n1.a.test')).toHaveLength(1);
    expect(budgets('domain', 'a.test')).toEqual([]);
    expect(budgets('host', 'n1.a.test')).toEqual([]);
    expect(guard({ maxHostsPerDomain: 0 }, 'any').budgetsOf('https://n1.a.test/')).toEqual([]);
  });
});

describe('pages that may be the same', () => {
  it.each([
    ['/p?sid=1f', 'a.test/p?sid'],
    ['/p?b=1&a=2&b=3', 'a.test/p?a&b'],
    ['/p/12', 'a.test/p/{n}'],
    ['/s/0a1b2c3d4e5f60718293/home', 'a.test/s/{token}/home'],
    ['/p', null],
    ['/a-page-with-a-very-long-name', null],
    ['/core_arch/x86/avx512f/index.html', null],
  ])('%s has siblings of pattern %s', (path, pattern) => {
    expect(guard().siblingsOf(`https://a.test${path}`)).toBe(pattern);
    expect(guard({ maxDuplicates: 0 }).siblingsOf(`https://a.test${path}`)).toBe(null);
  });
});

describe('real sites', () => {
  const file = new URL('../../../../fixtures/site-paths.txt', import.meta.url);
  const paths = readFileSync(file, 'utf8').trim().split('\n');

  it('have no trap among their paths, and no pattern near its budget', () => {
    const used = new Map<string, number>();
    for (const path of paths) {
      const url = `https://a.test/${path}`;
      expect([path, guard().decide(url)]).toEqual([path, { crawl: true }]);
      for (const { pattern, limit } of guard().budgetsOf(url)) {
        used.set(pattern, (used.get(pattern) ?? 0) + 1 / limit);
      }
    }
    expect(paths.length).toBeGreaterThan(300);
    expect(Math.max(0, ...used.values())).toBeLessThan(0.02);
  });
});
