import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createParamStripper } from './strip-params.js';

const U = 'https://example.com/p';

describe('stripping parameters', () => {
  it.each([
    [['sid'], `${U}?sid=1&a=2`, `${U}?a=2`],
    [['sid'], `${U}?a=2&sid`, `${U}?a=2`],
    [['sid'], `${U}?SID=1`, `${U}?SID=1`],
    [['sid'], `${U}?sid=1`, U],
    [['sid'], `${U}?inside=1`, `${U}?inside=1`],
    [['utm_*'], `${U}?utm_source=a&b=1&utm_=2`, `${U}?b=1`],
    [['*id'], `${U}?sid=1&id=2&idx=3`, `${U}?idx=3`],
    [['a*b*c'], `${U}?aXbYc=1&abc=2&acb=3&ab=4`, `${U}?acb=3&ab=4`],
    [['ab*ba'], `${U}?aba=1&abba=2`, `${U}?aba=1`],
    [['*'], `${U}?a=1&b`, U],
    [['a.c'], `${U}?abc=1&a.c=2`, `${U}?abc=1`],
    [['x'], `${U}?a=1&a=1&x=&b=%zz&%zz=1`, `${U}?a=1&a=1&b=%zz&%zz=1`],
    [['é'], `${U}?%C3%A9=1&e=2`, `${U}?e=2`],
    [['a b'], `${U}?a%20b=1&c`, `${U}?c`],
    [['p=1'], `${U}?p=1&p=11&p&q=1`, `${U}?p=11&p&q=1`],
    [['p=*'], `${U}?p=1&p&pp=1`, `${U}?pp=1`],
    [['p='], `${U}?p=1&p&p=`, `${U}?p=1`],
    [['p=é'], `${U}?p=%C3%A9&p=e`, `${U}?p=e`],
    [[';s'], `${U};s=1;t=2/x;s?s=1`, `${U};t=2/x?s=1`],
    [['s'], `${U};s=1?s=1`, `${U};s=1`],
    [[';s*'], `${U};s=1;S=2`, `${U};S=2`],
    [[';s'], 'https://example.com;s=1/', 'https://example.com;s=1/'],
    [[';s'], 'https://example.com;s=1:8080/;s=1/p;s?s', 'https://example.com;s=1:8080//p?s'],
    [[], `${U}?a=1`, `${U}?a=1`],
    [['sid'], U, U],
    [['sid'], `${U}?`, `${U}?`],
  ])('by %j turns %s into %s', (patterns, url, expected) => {
    expect(createParamStripper(patterns)(url)).toBe(expected);
  });

  it('keeps every other parameter as it is spelt, in its order', () => {
    const pair = fc.stringMatching(/^[b-z0-9%=+.]{0,6}$/);
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1 }), (pairs) => {
        const strip = createParamStripper(['a*']);
        expect(strip(`${U}?a1=x&${pairs.join('&')}&a2`)).toBe(`${U}?${pairs.join('&')}`);
      }),
    );
  });

  it('takes linear time for hostile patterns and names', () => {
    const strip = createParamStripper(['*a*a*a*a*a*a*a*a*a*b']);
    const start = performance.now();
    strip(`${U}?${'a'.repeat(200_000)}=1`);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
