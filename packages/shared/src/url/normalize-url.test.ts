import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_URL_LENGTH, normalizeUrl } from './normalize-url.js';

/** Strings that look like URLs, broken in the places where parsers differ. */
const urlish = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'http:',
        'https:',
        '//',
        '/',
        '\\',
        '?',
        '#',
        '@',
        ':',
        '.',
        '..',
        '%',
        '%2e',
        '%c3%A9',
        '%2F',
      ),
      fc.constantFrom(
        'example.com',
        'EXAMPLE.com.',
        '127.1',
        '0x7f.1',
        '[::1]',
        'bücher.example',
        'xn--bcher-kva',
        ':80',
      ),
      fc.constantFrom(' ', '\t', '\n', '\0', '。', 'ｅ', '\ud800', '&', '=', '+', '|', '^', '`', '{'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
const anything = fc.oneof(
  urlish,
  urlish.map((text) => `http://${text}`),
  fc.string({ unit: 'binary' }),
  fc.webUrl(),
);
const credentials = fc.constantFrom('refuse' as const, 'strip' as const);
const RUNS = { numRuns: 5_000 };

describe('normalising a URL', () => {
  it('never throws, with or without a base', () => {
    fc.assert(
      fc.property(anything, fc.option(anything, { nil: undefined }), credentials, (raw, base, how) => {
        expect(typeof normalizeUrl(raw, base, { credentials: how }).ok).toBe('boolean');
      }),
      RUNS,
    );
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(anything, (raw) => {
        const once = normalizeUrl(raw);
        if (once.ok) expect(normalizeUrl(once.url)).toEqual(once);
      }),
      RUNS,
    );
  });

  it('never changes which host, port, path or query is meant', () => {
    fc.assert(
      fc.property(anything, (raw) => {
        const normalized = normalizeUrl(raw);
        if (!normalized.ok) return;
        const before = new URL(raw);
        const after = new URL(normalized.url);
        expect(after.hostname).toBe(before.hostname.replace(/\.$/, ''));
        expect(after.port).toBe(before.port);
        expect(after.protocol).toBe(before.protocol);
        expect(after.pathname.toLowerCase()).toBe(before.pathname.toLowerCase());
        expect(after.search.toLowerCase()).toBe(before.search.toLowerCase());
      }),
      RUNS,
    );
  });

  it('gives plain ASCII within the limit, without fragment, userinfo or control characters', () => {
    fc.assert(
      fc.property(anything, (raw) => {
        const normalized = normalizeUrl(raw);
        if (!normalized.ok) return;
        expect(normalized.url).toMatch(/^https?:\/\/[!-~]+$/);
        expect(normalized.url).not.toContain('#');
        expect(normalized.url.length).toBeLessThanOrEqual(MAX_URL_LENGTH);
        expect(new URL(normalized.url).username + new URL(normalized.url).password).toBe('');
      }),
      RUNS,
    );
  });

  it('resolves references against the page', () => {
    const base = 'https://example.com/dir/page?q';
    expect(normalizeUrl('x', base)).toEqual({ ok: true, url: 'https://example.com/dir/x' });
    expect(normalizeUrl('/x', base)).toEqual({ ok: true, url: 'https://example.com/x' });
    expect(normalizeUrl('?y', base)).toEqual({ ok: true, url: 'https://example.com/dir/page?y' });
    expect(normalizeUrl('//other.example', base)).toEqual({ ok: true, url: 'https://other.example/' });
  });

  it('takes the userinfo out of links unless told to refuse it', () => {
    expect(normalizeUrl('http://a:b@example.com/')).toEqual({ ok: true, url: 'http://example.com/' });
    expect(normalizeUrl('http://a:b@example.com/', undefined, { credentials: 'refuse' })).toEqual({
      ok: false,
      problem: 'credentials_in_url',
    });
  });
});
