import { createUrlIdentity } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { parsePage } from '../testing/test-target.js';
import { judgeIndexability } from './indexability.js';

const URL_ = 'http://a.test/page';
const IDENTIFY = createUrlIdentity({ stripParams: [';jsessionid', 'sid'], sortParams: true });
type Headers = readonly (readonly [string, string])[];

function judge(status: number, html: string | null, headers: Headers = [], url = URL_): string | null {
  const content = html === null ? null : parsePage(url, html, headers);
  const now = new Date('2026-01-01T00:00:00Z');
  return judgeIndexability(url, status, headers, content, 'OutriderBot', now, IDENTIFY);
}

describe('indexability', () => {
  it.each([
    [200, '<title>x</title>', [], null],
    [503, '<meta name=robots content=noindex>', [], 'server_error'],
    [404, '<meta name=robots content=noindex>', [], 'client_error'],
    [301, null, [], 'redirect'],
    [204, null, [], 'no_response'],
    [304, null, [], 'no_response'],
    [199, null, [], 'no_response'],
    [200, null, [], 'non_html'],
    [200, '<meta name=robots content=noindex><link rel=canonical href=/other>', [], 'noindex'],
    [200, '<meta name=robots content=none>', [], 'noindex'],
    [200, '<meta name=outriderbot content=noindex>', [], 'noindex'],
    [200, '<meta name=googlebot content=noindex>', [], null],
    [200, '<p>x', [['x-robots-tag', 'noindex']], 'noindex'],
    [200, '<meta name=robots content="unavailable_after: 25 Jun 2025 15:00:00 PST">', [], 'noindex'],
    [200, '<meta name=robots content="unavailable_after: 2025-06-25T15:00:00Z">', [], 'noindex'],
    [200, '<p>x', [['x-robots-tag', 'unavailable_after: Wednesday, 25-Jun-25 15:00:00 GMT']], 'noindex'],
    [200, '<meta name=robots content="unavailable_after: 25 Jun 2030 15:00:00 PST">', [], null],
    [200, '<meta name=robots content="unavailable_after: soon">', [], null],
    [200, null, [['x-robots-tag', 'noindex']], 'noindex'],
    [200, null, [['x-robots-tag', 'googlebot: noindex']], 'non_html'],
    [200, '<link rel=canonical href=/other>', [], 'canonicalised'],
    [200, '<meta http-equiv=refresh content="0;url=/other">', [], 'redirect'],
    [200, '<meta http-equiv=refresh content="60;url=/page">', [], null],
    [200, '<p>x', [['refresh', '0;url=/other']], 'redirect'],
    [200, '<link rel=canonical href=/page>', [], null],
    [200, '<link rel=canonical href="http://a.test/page#part">', [], null],
    [200, '<body><link rel=canonical href=/other>', [], null],
    [200, '<link rel=canonical href="/page;jsessionid=CD">', [], null],
    [200, '<link rel=canonical href="/other;jsessionid=CD">', [], 'canonicalised'],
    [200, '<p>x', [['link', '</page?sid=1>; rel=canonical']], null],
    [200, '<meta http-equiv=refresh content="300;url=/page;jsessionid=CD">', [], null],
  ] as const)('of status %i and %s with %j is %s', (status, html, headers, expected) => {
    expect(judge(status, html, headers)).toBe(expected);
  });

  it('is not lost to a canonical with the same parameters in another order', () => {
    const judged = (canonical: string): string | null =>
      judge(200, `<link rel=canonical href="${canonical}">`, [], `${URL_}?a=1&b=2`);
    expect(judged('/page?b=2&a=1&sid=9')).toBeNull();
    expect(judged('/page?b=2&a=2')).toBe('canonicalised');
  });
});
