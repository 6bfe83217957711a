import { describe, expect, it } from 'vitest';
import { createLinkResolver } from './link-resolver.js';

const target = (base: string, href: string): string | null => createLinkResolver(base)(href).targetUrl;

describe('what a page resolves', () => {
  it.each([
    'x',
    '',
    '#a',
    '?x=1',
    '\t?x=1',
    '/x',
    'http:',
    'http:?x=1',
    'HTTP:?x=1',
    'ht\ntp:\t?x=1',
    'http:x',
    'http:/x',
    'http:\\x',
    'https:?x=1',
    'https:x',
  ])('%j is what the URL standard says, also when another page of its directory had the same', (href) => {
    for (const scheme of ['http', 'https']) {
      for (const page of ['p1', 'p2?q=1', '', 'p3']) {
        const base = `${scheme}://a.test/dir/${page}`;
        const expected = URL.canParse(href, base) ? new URL(href, base).href.replace(/#.*/, '') : null;
        expect(target(base, href)).toBe(expected);
        expect(target(base, href)).toBe(expected);
      }
    }
  });
});
