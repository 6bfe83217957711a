import { describe, expect, it } from 'vitest';
import { isRedirectStatus, redirectLocation } from './redirect-location.js';

const base = new URL('https://example.org/a/b?c');
const resolve = (value: string) => redirectLocation(Buffer.from(value), base);

describe('redirectLocation', () => {
  it.each([
    ['/x', 'https://example.org/x'],
    ['x?y#z', 'https://example.org/a/x?y#z'],
    ['//other.example/p', 'https://other.example/p'],
    ['HTTP://Other.example:80/p', 'http://other.example/p'],
    [' /spaced ', 'https://example.org/spaced'],
    ['/é', 'https://example.org/%C3%A9'],
    ['http://bücher.example/', 'http://xn--bcher-kva.example/'],
    ['/a b', 'https://example.org/a%20b'],
    ['http:\\\\evil.example', 'http://evil.example/'],
  ])('%j resolves to %s', (value, url) => {
    expect(resolve(value)).toMatchObject({ url, problem: null });
  });

  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['file:///etc/passwd', 'unsupported_scheme'],
    ['data:text/html,x', 'unsupported_scheme'],
    ['javascript:alert(1)', 'unsupported_scheme'],
    ['http://', 'invalid'],
    ['http://[::1', 'invalid'],
    ['http://example.org:99999/', 'invalid'],
  ])('%j is %s', (value, problem) => {
    expect(resolve(value)).toEqual({ raw: value.trim(), url: null, problem });
  });

  it('a missing header is told from an empty one', () => {
    expect(redirectLocation(null, base)).toEqual({ raw: null, url: null, problem: 'missing' });
  });

  it('bytes that are not UTF-8 are escaped as they are', () => {
    const location = redirectLocation(Buffer.from('/caf\xe9', 'latin1'), base);
    expect(location).toEqual({ raw: '/café', url: 'https://example.org/caf%E9', problem: null });
  });

  it('only the five redirecting statuses redirect', () => {
    const all = Array.from({ length: 100 }, (_, i) => 300 + i);
    expect(all.filter(isRedirectStatus)).toEqual([301, 302, 303, 307, 308]);
  });
});
