import { describe, expect, it } from 'vitest';
import { expectedOf, htmlOf, kindOf, linksOf, numberOf, pathOf } from '../../bench/generated-pages.mjs';

const site = { size: 20_000, seed: 1 };
const numbers = Array.from({ length: site.size }, (_, number) => number);

/** Clicks from the first page to each, following only pages that can be followed. */
function clicks(): number[] {
  const depth = new Array<number>(site.size).fill(-1);
  depth[0] = 0;
  let layer = [0];
  for (let click = 1; layer.length > 0; click += 1) {
    const next: number[] = [];
    for (const from of layer) {
      if (kindOf(site, from) !== 'page') continue;
      for (const to of linksOf(site, from)) {
        if (depth[to] !== -1) continue;
        depth[to] = click;
        next.push(to);
      }
    }
    layer = next;
  }
  return depth;
}

describe('the generated site', () => {
  it('every page can be reached within eight clicks', () => {
    const depths = clicks();
    expect(Math.min(...depths)).toBe(0);
    expect(Math.max(...depths)).toBeLessThanOrEqual(8);
  });

  it('a page is the same bytes every time, and its path leads back to it', () => {
    for (const number of [0, 1, 777, 19_999]) {
      expect(htmlOf(site, number, 'http://a')).toBe(htmlOf({ ...site }, number, 'http://a'));
      expect(numberOf(site, pathOf(site, number))).toBe(number);
    }
    expect(new Set(numbers.map((number) => pathOf(site, number))).size).toBe(site.size);
    expect(pathOf({ ...site, seed: 2 }, 777)).not.toBe(pathOf(site, 777));
  });

  it('a path that no page has names none', () => {
    for (const path of ['/robots.txt', '/amber/basin-5', '/amber/basin-coral-20000', '/a-1.5', '/-']) {
      expect(numberOf(site, path)).toBe(-1);
    }
  });

  it('pages are about 12 kB with about 40 links', () => {
    const sample = numbers.filter((number) => number % 97 === 0).map((number) => htmlOf(site, number, ''));
    const mean = sample.reduce((sum, html) => sum + html.length, 0) / sample.length;
    expect(mean).toBeGreaterThan(10_000);
    expect(mean).toBeLessThan(14_000);
    const links = sample.reduce((sum, html) => sum + html.split('<a ').length - 1, 0) / sample.length;
    expect(links).toBeGreaterThan(34);
    expect(links).toBeLessThan(46);
  });

  it('a few percent are broken, moved, not to be indexed, not to be followed or not HTML', () => {
    for (const kind of ['missing', 'moved', 'noindex', 'nofollow', 'data'] as const) {
      const share = numbers.filter((number) => kindOf(site, number) === kind).length / site.size;
      expect(share).toBeGreaterThan(0.005);
      expect(share).toBeLessThan(0.03);
    }
    const missing = numbers.filter((number) => kindOf(site, number) === 'missing').length;
    expect(expectedOf(site)).toEqual({ pages: site.size, errors: missing });
  });
});
