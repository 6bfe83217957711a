import { describe, expect, it } from 'vitest';
import { checkSitePlan, type SitePlan } from './site-plan.js';

const GOOD: SitePlan = { seed: 1, pages: 10, linksPerPage: 3 };

describe('checkSitePlan', () => {
  it('accepts a plan with everything planted', () => {
    const plant = {
      notFound: 1,
      slow: { count: 1, ms: 5 },
      robotsTxt: 'hang',
      customPaths: ['/x?y=1'],
    } as const;
    expect(() => checkSitePlan({ ...GOOD, plant, hosts: 3, delayMs: 5, headers: { a: 'b' } })).not.toThrow();
  });

  it.each([
    ['no pages', { ...GOOD, pages: 0 }, 'pages'],
    ['a fraction of a page', { ...GOOD, pages: 1.5 }, 'pages'],
    ['pages that nothing could link to', { ...GOOD, linksPerPage: 0 }, 'linksPerPage'],
    ['more hosts than addresses', { ...GOOD, hosts: 251 }, 'hosts'],
    ['a negative count', { ...GOOD, plant: { reset: -1 } }, 'plant.reset'],
    ['a path without a slash', { ...GOOD, plant: { customPaths: ['x'] } }, '"x"'],
    ['a misspelt setting', { ...GOOD, linkPerPage: 3 }, 'linkPerPage'],
    ['a misspelt planted thing', { ...GOOD, plant: { notfound: 3 } }, 'notfound'],
  ])('refuses %s and names it', (_, plan, name) => {
    expect(() => checkSitePlan(plan as SitePlan)).toThrow(RangeError);
    expect(() => checkSitePlan(plan as SitePlan)).toThrow(name);
  });
});
