import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_STRIP_PARAMS } from './default-strip-params.js';
import { normalizeUrl } from './normalize-url.js';
import { createUrlIdentity } from './url-identity.js';

const name = fc.constantFrom('a', 'b', 'sid', 'utm_x', 'PHPSESSID', '%61', 'é', '', 'print', 'z', '%zz');
const value = fc.constantFrom('', '=', '=1', '=2', '=%3D', '=a=b', '=1;2', '=+');
const segment = fc.constantFrom(
  'x',
  '..;jsessionid=1',
  '.;jsessionid=1',
  '%2e;jsessionid',
  'p;jsessionid=9;v=2',
  ';jsessionid=1',
  '',
  '%2F',
  'y;a;b=1',
);
const pair = fc.tuple(name, value).map((parts) => parts.join(''));
const url = fc
  .record({
    host: fc.constantFrom(
      'example.com',
      'EXAMPLE.com.',
      'example.com:8080',
      '[::1]',
      'bücher.example',
      'example.com;jsessionid=1',
      'a;sid;jsessionid.example:8080',
    ),
    path: fc.array(segment, { maxLength: 5 }),
    query: fc.option(fc.array(pair, { maxLength: 6 }), { nil: undefined }),
  })
  .map(({ host, path, query }) =>
    query === undefined
      ? `http://${host}/${path.join('/')}`
      : `http://${host}/${path.join('/')}?${query.join('&')}`,
  )
  .map((raw) => normalizeUrl(raw))
  .filter((normalized) => normalized.ok)
  .map((normalized) => normalized.url);
const pattern = fc.oneof(
  fc.constantFrom('sid', 'utm_*', '*', 'a', 'print=1', 'a=*', ';jsessionid', ';*', '=', ';'),
  fc.constantFrom(...DEFAULT_STRIP_PARAMS),
);
const scope = fc.record({ stripParams: fc.array(pattern, { maxLength: 6 }), sortParams: fc.boolean() });
const RUNS = { numRuns: 10_000 };

const pairsOf = (text: string): string[] => {
  const question = text.indexOf('?');
  return question === -1 ? [] : text.slice(question + 1).split('&');
};

describe('the identity of a URL', () => {
  it('is normalised, and its own identity', () => {
    fc.assert(
      fc.property(url, scope, (before, options) => {
        const identify = createUrlIdentity(options);
        const after = identify(before);
        expect(normalizeUrl(after)).toEqual({ ok: true, url: after });
        expect(identify(after)).toBe(after);
      }),
      RUNS,
    );
  });

  it('never changes scheme, host or port, nor the path unless path parameters are to go', () => {
    fc.assert(
      fc.property(url, scope, (before, options) => {
        const was = new URL(before);
        const is = new URL(createUrlIdentity(options)(before));
        expect([is.protocol, is.host]).toEqual([was.protocol, was.host]);
        if (!options.stripParams.some((one) => one.startsWith(';'))) expect(is.pathname).toBe(was.pathname);
        expect(is.pathname.split('/')).toHaveLength(was.pathname.split('/').length);
      }),
      RUNS,
    );
  });

  it('keeps what is kept as it is spelt, and those of one name in their order', () => {
    fc.assert(
      fc.property(url, scope, (before, options) => {
        const was = pairsOf(before);
        const is = pairsOf(createUrlIdentity(options)(before));
        if (!options.sortParams) expect(was.filter((one) => is.includes(one))).toEqual(is);
        for (const one of new Set(is.map((text) => text.split('=', 1)[0] ?? ''))) {
          const named = (pairs: string[]): string[] => pairs.filter((text) => text.split('=', 1)[0] === one);
          const left = named(is);
          expect(named(was).filter((text) => left.includes(text))).toEqual(left);
        }
      }),
      RUNS,
    );
  });

  it('is the same for any order of distinct parameters when they are sorted', () => {
    const identify = createUrlIdentity({ stripParams: [], sortParams: true });
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z%0-9]{1,4}$/), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(
        names.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([some, shuffled]) => {
          const of = (all: readonly string[]): string =>
            identify(`http://a.test/?${all.map((one) => `${one}=1`).join('&')}`);
          expect(of(shuffled)).toBe(of(some));
        },
      ),
    );
  });

  it('keeps an order that carries meaning unless told to sort', () => {
    const asWritten = createUrlIdentity({ stripParams: [], sortParams: false });
    expect(asWritten('http://a.test/?b=1&a=2&a=1')).toBe('http://a.test/?b=1&a=2&a=1');
    const sorted = createUrlIdentity({ stripParams: [], sortParams: true });
    expect(sorted('http://a.test/?b=1&a=2&a=1')).toBe('http://a.test/?a=2&a=1&b=1');
    expect(sorted('http://a.test/?')).toBe('http://a.test/?');
  });
});
