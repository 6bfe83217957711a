import { describe, expect, it } from 'vitest';
import { scopeConfig } from '../campaign/campaign-config.js';
import { createUrlScope, hostOf, registrableDomain } from './url-scope.js';

function scopeOf(config: unknown, seeds: readonly string[] = ['https://www.example.com/docs/start']) {
  return createUrlScope(scopeConfig.parse(config), seeds.map(hostOf), seeds);
}

describe('the scope', () => {
  it.each([
    ['host', 'https://www.example.com/other', true],
    ['host', 'http://www.example.com/other', true],
    ['host', 'https://example.com/', false],
    ['host', 'https://www.example.com:8443/', false],
    ['domain', 'https://example.com/', true],
    ['domain', 'https://a.b.example.com:8443/', true],
    ['domain', 'https://example.org/', false],
    ['domain', 'https://example.com.evil.example/', false],
    ['prefix', 'https://www.example.com/docs/a/b', true],
    ['prefix', 'https://www.example.com/docs/', true],
    ['prefix', 'https://www.example.com/docs', false],
    ['prefix', 'https://www.example.com/docsx', false],
    ['prefix', 'http://www.example.com/docs/a', false],
    ['any', 'http://203.0.113.9:99/', true],
  ])('within %s judges %s: %s', (within, url, internal) => {
    const scope = scopeOf({ within });
    expect(scope.isInternal(url)).toBe(internal);
    expect(scope.decide(url, 0).crawl).toBe(internal);
  });

  it('takes the folder of a seed from its path, whatever its query holds', () => {
    const scope = scopeOf({ within: 'prefix' }, ['https://example.com/a/b?path=/x/y/']);
    expect(scope.isInternal('https://example.com/a/c')).toBe(true);
    expect(scope.isInternal('https://example.com/b')).toBe(false);
  });

  it('is that of every seed', () => {
    const scope = scopeOf({ within: 'host' }, ['https://a.example/', 'https://b.example/']);
    expect(scope.isInternal('https://b.example/x')).toBe(true);
    expect(scope.isInternal('https://c.example/x')).toBe(false);
  });

  it('names the rule that keeps a URL out, the scope before patterns before depth', () => {
    const scope = scopeOf({ deny: ['\\.pdf$', 'private'], allow: ['/docs/'], maxDepth: 2 });
    const base = 'https://www.example.com';
    expect(scope.decide('https://example.org/private', 9)).toEqual({
      crawl: false,
      reason: 'out_of_scope',
      rule: 'within: host',
    });
    expect(scope.decide(`${base}/docs/private`, 9)).toEqual({
      crawl: false,
      reason: 'excluded_pattern',
      rule: 'deny: private',
    });
    expect(scope.decide(`${base}/other`, 9)).toEqual({
      crawl: false,
      reason: 'excluded_pattern',
      rule: 'allow: no pattern matches',
    });
    expect(scope.decide(`${base}/docs/a`, 3)).toEqual({
      crawl: false,
      reason: 'depth_limit',
      rule: 'maxDepth: 2',
    });
    expect(scope.decide(`${base}/docs/a`, 2)).toEqual({ crawl: true });
  });

  it('counts a denied URL of its own site as internal', () => {
    expect(scopeOf({ deny: ['.'] }).isInternal('https://www.example.com/x')).toBe(true);
  });

  it('matches a pattern that would stall a backtracking engine in linear time', () => {
    const scope = scopeOf({ deny: ['(a+)+$', '(a|a)*b', '(.*a){20}$'] });
    const start = performance.now();
    scope.decide(`https://www.example.com/${'a'.repeat(2_000)}!`, 0);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe('the host of a URL', () => {
  it.each([
    ['https://example.com/a', 'example.com'],
    ['https://example.com:8443/', 'example.com:8443'],
    ['https://example.com/?a=//b', 'example.com'],
    ['http://[::1]:80/x', '[::1]:80'],
    ['https://example.com', 'example.com'],
    ['https://example.com?x', 'example.com'],
  ])('of %s is %s', (url, host) => {
    expect(hostOf(url)).toBe(host);
  });
});

describe('the registrable domain', () => {
  it.each([
    ['www.example.com', 'example.com'],
    ['example.com:8443', 'example.com'],
    ['a.b.example.co.uk', 'example.co.uk'],
    ['alice.github.io', 'alice.github.io'],
    ['co.uk', 'co.uk'],
    ['localhost:3000', 'localhost:3000'],
    ['127.0.0.1:8080', '127.0.0.1:8080'],
    ['[::1]:8080', '[::1]:8080'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ])('of %s is %s', (host, domain) => {
    expect(registrableDomain(host)).toBe(domain);
  });
});
