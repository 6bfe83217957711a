import { describe, expect, it } from 'vitest';
import { DEFAULT_STRIP_PARAMS } from '../url/default-strip-params.js';
import { CAMPAIGN_LIMITS, campaignConfig } from './campaign-config.js';

const problemsOf = (config: unknown): string[] =>
  campaignConfig.safeParse(config).error?.issues.map(({ path, code }) => `${path.join('.')}: ${code}`) ?? [];

describe('the configuration of a campaign', () => {
  it('has a default for everything', () => {
    expect(campaignConfig.parse({})).toEqual({
      mode: 'spider',
      renderer: 'http',
      scope: {
        within: 'host',
        includeVariants: false,
        allow: [],
        deny: [],
        maxDepth: 20,
        maxPages: 100_000,
        maxDurationSeconds: 86_400,
        maxBytes: 0,
        stripParams: [...DEFAULT_STRIP_PARAMS],
        sortParams: false,
        followNofollow: true,
      },
      limits: { errorRate: null },
      traps: {
        repeatedSegments: 3,
        maxPathSegments: 20,
        maxPerDatePattern: 500,
        maxPerNumberPattern: 25_000,
        maxQueryCombinations: 500,
        maxHostsPerDomain: 100,
        maxDuplicates: 100,
      },
      politeness: {
        obeyRobots: true,
        maxConcurrencyPerHost: 4,
        delayMs: 0,
        userAgent: 'Mozilla/5.0 (compatible; OutriderBot/0.1)',
        robotsToken: 'OutriderBot',
      },
      fetch: {
        timeoutMs: 30_000,
        maxBodyBytes: 10_485_760,
        maxRedirects: 10,
        retries: 2,
        conditional: false,
        headers: {},
      },
      sitemaps: { fromRobots: true, urls: [] },
      browser: {
        screenshot: false,
        blockResources: ['image', 'font', 'media'],
        waitMs: 2_000,
        timeoutMs: 15_000,
      },
      history: { keepExecutions: null, keepDays: null },
      lanes: 1,
      priority: 'normal',
    });
  });

  it('fills in what a partly given section leaves out', () => {
    expect(campaignConfig.parse({ scope: { maxDepth: 3 } }).scope).toMatchObject({
      maxDepth: 3,
      within: 'host',
    });
  });

  it('is read back as it was written', () => {
    const config = campaignConfig.parse({ lanes: 2, fetch: { headers: { 'X-Probe': 'a b' } } });
    expect(campaignConfig.parse(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  it.each([
    ['tenantId', { tenantId: 'x' }],
    ['scope.status', { scope: { status: 'x' } }],
    ['politeness.role', { politeness: { role: 'x' } }],
    ['fetch.proxy', { fetch: { proxy: 'x' } }],
  ])('refuses the unknown field %s', (path, config) => {
    const section = path.split('.').slice(0, -1).join('.');
    expect(problemsOf(config)).toEqual([`${section}: unrecognized_keys`]);
  });

  it.each([
    ['scope.maxPages', { scope: { maxPages: 1e12 } }],
    ['scope.maxPages', { scope: { maxPages: 0 } }],
    ['scope.maxPages', { scope: { maxPages: '10' } }],
    ['scope.maxPages', { scope: { maxPages: 1.5 } }],
    ['scope.maxPages', { scope: { maxPages: Number.NaN } }],
    ['scope.maxPages', { scope: { maxPages: Number.POSITIVE_INFINITY } }],
    ['scope.maxPages', { scope: { maxPages: 2 ** 53 } }],
    ['scope.maxPages', { scope: { maxPages: null } }],
    ['scope.maxDepth', { scope: { maxDepth: -1 } }],
    ['politeness.maxConcurrencyPerHost', { politeness: { maxConcurrencyPerHost: 100_000 } }],
    ['politeness.delayMs', { politeness: { delayMs: -1 } }],
    ['politeness.delayMs', { politeness: { delayMs: 60_001 } }],
    ['politeness.robotsToken', { politeness: { robotsToken: 'Bot/1.0' } }],
    ['politeness.userAgent', { politeness: { userAgent: 'a\r\nX: y' } }],
    ['politeness.userAgent', { politeness: { userAgent: '' } }],
    ['fetch.maxRedirects', { fetch: { maxRedirects: 21 } }],
    ['fetch.maxBodyBytes', { fetch: { maxBodyBytes: 1e12 } }],
    ['fetch.timeoutMs', { fetch: { timeoutMs: 1 } }],
    ['lanes', { lanes: CAMPAIGN_LIMITS.lanes + 1 }],
    ['mode', { mode: 'everything' }],
    ['scope.deny.1', { scope: { deny: ['ok', '('] } }],
    ['scope.allow.0', { scope: { allow: ['((a{100}){100}){100}'] } }],
    ['scope.allow.0', { scope: { allow: [''] } }],
    ['scope.allow.0', { scope: { allow: ['a'.repeat(CAMPAIGN_LIMITS.patternLength + 1)] } }],
    ['scope.allow', { scope: { allow: Array(CAMPAIGN_LIMITS.patterns + 1).fill('a') } }],
    ['fetch.headers.X-A', { fetch: { headers: { 'X-A': 'b\r\nX-B: c' } } }],
    ['fetch.headers.X-A', { fetch: { headers: { 'X-A': 'b\0' } } }],
    ['fetch.headers.X-A', { fetch: { headers: { 'X-A': 'Ω' } } }],
    ['fetch.headers.X A', { fetch: { headers: { 'X A': 'b' } } }],
    ['fetch.headers.Host', { fetch: { headers: { Host: 'b' } } }],
    ['fetch.headers.content-LENGTH', { fetch: { headers: { 'content-LENGTH': '5' } } }],
    ['fetch.headers.Transfer-Encoding', { fetch: { headers: { 'Transfer-Encoding': 'chunked' } } }],
    [
      'fetch.headers',
      { fetch: { headers: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`X-${i}`, '1'])) } },
    ],
  ])('refuses %s of %j, and says where', (path, config) => {
    const problems = problemsOf(config);
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) expect(problem.startsWith(`${path}: `)).toBe(true);
  });

  it.each([
    ['Accept-Encoding', 'this header is set by the crawler; leave it out'],
    ['User-Agent', 'set politeness.userAgent instead of this header'],
  ])('refuses the header %s, and says what to do', (name, advice) => {
    const { error } = campaignConfig.safeParse({ fetch: { headers: { [name]: 'x' } } });
    expect(error?.issues).toMatchObject([{ path: ['fetch', 'headers', name], message: advice }]);
  });

  it('accepts patterns that backtracking engines would choke on', () => {
    expect(campaignConfig.parse({ scope: { deny: ['(a+)+$'] } }).scope.deny).toEqual(['(a+)+$']);
  });

  it('leaves prototypes alone (A02)', () => {
    campaignConfig.safeParse(JSON.parse('{"__proto__":{"lanes":3},"fetch":{"headers":{"__proto__":"x"}}}'));
    campaignConfig.safeParse(JSON.parse('{"constructor":{"prototype":{"lanes":3}}}'));
    expect('lanes' in {}).toBe(false);
    const config = campaignConfig.parse(JSON.parse('{"fetch":{"headers":{"__proto__":"x"}}}'));
    expect(Object.getPrototypeOf(config.fetch.headers)).toBe(Object.prototype);
  });
});
