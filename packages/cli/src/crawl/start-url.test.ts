import { parseSettings } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../settings.js';
import { readStartUrl, refuseBlockedUrl, restartAdvice } from './start-url.js';

describe('readStartUrl', () => {
  it.each([
    ['https://example.com', 'https://example.com/', false],
    ['HTTP://Example.COM:80/a/../b#c', 'http://example.com/b', false],
    ['example.com', 'https://example.com/', true],
    ['example.com:8443/x?y', 'https://example.com:8443/x?y', true],
    ['localhost:8080', 'https://localhost:8080/', true],
    [' münchen.example/ä ', 'https://xn--mnchen-3ya.example/%C3%A4', true],
    ['[::1]/x', 'https://[::1]/x', true],
  ])('%s means %s', (raw, url, schemeAssumed) => {
    expect(readStartUrl(raw)).toEqual({ url, schemeAssumed });
  });

  it.each([
    ['', /Not a URL/],
    ['https://', /Not a URL/],
    ['http://exa mple.com/', /Not a URL/],
    ['mailto:someone@example.com', /Only http and https/],
    ['javascript:alert(1)', /Only http and https/],
    ['file:///etc/passwd', /Only http and https/],
    ['https://user:secret@example.com/', /must not carry a user name/],
  ])('%s is refused as a usage error that says why', (raw, said) => {
    expect(() => readStartUrl(raw)).toThrow(said);
    expect(() => readStartUrl(raw)).toThrow(expect.objectContaining({ exit: 'usage' }));
  });
});

it('a start URL that is too long is refused', () => {
  expect(() => readStartUrl(`https://example.com/${'a'.repeat(3_000)}`)).toThrow(/longer than 2,083/);
});

describe('refuseBlockedUrl', () => {
  const check = (url: string, environment: Record<string, string> = {}) =>
    refuseBlockedUrl(url, parseSettings(environment), 'npm run outrider --');

  it('says how to allow a private network, as a command to copy', () => {
    expect(() => check('http://127.0.0.1:8080/')).toThrow(
      'OUTRIDER_ALLOW_PRIVATE_NETWORKS=1 npm run crawl -- http://127.0.0.1:8080/',
    );
    expect(() => check('http://localhost/')).toThrow(/private or reserved network/);
    expect(() => check('http://127.0.0.1:8080/', { OUTRIDER_ALLOW_PRIVATE_NETWORKS: '1' })).not.toThrow();
  });

  it('says how to allow a port', () => {
    expect(() => check('https://example.com:8443/')).toThrow('OUTRIDER_ALLOWED_PORTS=8443');
    expect(() => check('https://example.com:8443/', { OUTRIDER_ALLOWED_PORTS: '8443' })).not.toThrow();
    expect(() => check('https://example.com:8443/', { OUTRIDER_ALLOWED_PORTS: '8080' })).toThrow(
      'only ports 80, 443, and 8080 may be crawled. To allow it, set OUTRIDER_ALLOWED_PORTS=8080,8443.',
    );
    expect(() => check('https://example.com:8443/')).toThrow('only ports 80 and 443 may be crawled.');
  });

  it('does not advise what would not help', () => {
    expect(() => check('http://224.0.0.1/')).toThrow(/can never be crawled/);
    expect(() => check('https://example.com/')).not.toThrow();
  });
});

describe('restartAdvice', () => {
  const advise = (url: string, environment: Record<string, string> = {}, said = '') =>
    restartAdvice(url, readSettings(environment), { apiUrl: 'http://127.0.0.1:3000', said });

  it('says that a running platform must be started anew with the setting', () => {
    const said = advise('http://127.0.0.1:8080/');
    expect(said).toMatch(
      /^If the site is yours, a setting allows it; the platform at http:\S+:3000 runs already/,
    );
    expect(said).toContain('\n  OUTRIDER_ALLOW_PRIVATE_NETWORKS=1 outrider up\n');
    expect(advise('https://example.com:8443/', { npm_lifecycle_event: 'crawl' })).toContain(
      '\n  OUTRIDER_ALLOWED_PORTS=8443 npm start\n',
    );
  });

  it('says to who has set it for the command alone that this is not enough', () => {
    const said = advise('http://127.0.0.1:8080/', { OUTRIDER_ALLOW_PRIVATE_NETWORKS: '1' });
    expect(said).toMatch(/^The setting that allows it is made here, but the platform/);
  });

  it('keeps the ports that the platform allows, as it says itself', () => {
    const said = 'Only ports 80 and 443 may be crawled: port 25. Set OUTRIDER_ALLOWED_PORTS=8080,25';
    expect(advise('http://example.com:25/', { OUTRIDER_ALLOWED_PORTS: '9000' }, said)).toContain(
      '\n  OUTRIDER_ALLOWED_PORTS=8080,25 outrider up\n',
    );
  });

  it('knows none for what no setting opens', () => {
    expect(advise('http://224.0.0.1/')).toBeNull();
    expect(advise('https://example.com/')).toBeNull();
  });
});
