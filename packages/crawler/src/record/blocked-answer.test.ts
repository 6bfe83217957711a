import { describe, expect, it } from 'vitest';
import { parsePage } from '../testing/test-target.js';
import { blockedBy } from './blocked-answer.js';

type Headers = readonly (readonly [string, string])[];

const judge = (status: number, html: string | null, headers: Headers = []) =>
  blockedBy({ status, headers }, html === null ? null : parsePage('http://a.test/', html));

describe('a challenge', () => {
  it.each([
    [403, '<title>Just a moment...</title>', [], 'cloudflare'],
    [503, null, [['cf-mitigated', 'challenge']], 'cloudflare'],
    [202, null, [['x-amzn-waf-action', 'challenge']], 'aws_waf'],
    [403, null, [['x-datadome', 'protected']], 'datadome'],
    [403, '<title>Access Denied</title>', [], 'akamai'],
    [200, '<title>Pardon Our Interruption</title>', [], 'imperva'],
    [200, '<title>Robot Check</title><p>Type what you see', [], 'captcha_page'],
  ] as const)('of status %i with %s and %j is by %4$s', (status, html, headers, expected) => {
    expect(judge(status, html, headers)).toBe(expected);
  });

  it.each([
    [200, `<title>Captcha, a history</title>${'<p>word '.repeat(200)}`, []],
    [404, '<title>Just a moment</title>', []],
    [200, '<title>How we ended the robot check</title>', []],
    [200, '<title>x</title>', [['x-datadome', 'protected']]],
    [403, '<title>Forbidden</title>', []],
    [403, null, []],
  ] as const)('is not seen in status %i with %.40s and %j', (status, html, headers) => {
    expect(judge(status, html, headers)).toBeNull();
  });
});
