import { expect, it } from 'vitest';
import { isAllowed } from './is-allowed.js';

it('tells whether a URL may be fetched, and by which line', () => {
  const file = 'User-agent: *\nDisallow: /private # not for crawlers\nAllow: /private/open\n';
  expect(isAllowed(file, 'OutriderBot', 'https://site.example/private/x')).toEqual({
    allowed: false,
    rule: { line: 2, text: 'Disallow: /private' },
  });
  expect(isAllowed(file, 'OutriderBot', 'https://site.example/private/open')).toEqual({
    allowed: true,
    rule: { line: 3, text: 'Allow: /private/open' },
  });
  expect(isAllowed(file, 'OutriderBot', 'https://site.example/')).toEqual({ allowed: true, rule: null });
});
