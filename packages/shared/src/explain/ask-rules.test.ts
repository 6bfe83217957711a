import { describe, expect, it } from 'vitest';
import { type CampaignConfig, campaignConfig } from '../campaign/campaign-config.js';
import { parseRobots } from '../robots/robots-rules.js';
import { createTrapGuard } from '../traps/trap-guard.js';
import { createUrlScope } from '../url/url-scope.js';
import {
  type AskedRule,
  type AskedUrl,
  askRules,
  decidingRule,
  type KnownRobots,
  type RuleContext,
  URL_RULES,
} from './ask-rules.js';
import { overlayRecord } from './recorded-rules.js';

type Input = Parameters<typeof campaignConfig.parse>[0];
const READ = '2026-01-02T03:04:05.000Z';

function ask(
  url: string,
  input: Input = {},
  asked: Partial<AskedUrl> = {},
  context: Partial<RuleContext> = {},
): AskedRule[] {
  const config: CampaignConfig = campaignConfig.parse(input);
  return askRules(
    { url, depth: 1, isSeed: false, ...asked },
    {
      config,
      scope: createUrlScope(config.scope, ['a.test'], ['http://a.test/docs/']),
      traps: createTrapGuard(config.traps, config.scope.within, ['a.test']),
      takenOf: () => null,
      closedPatterns: new Set(),
      robots: { status: 'unknown' },
      ...context,
    },
  );
}
const robots = (body: string): Partial<RuleContext> => ({
  robots: { status: 'rules', file: parseRobots(body), detail: null, fetchedAt: READ },
});

describe('the rules asked about a URL', () => {
  it('are all asked, in the order of a crawl', () => {
    expect(ask('http://a.test/').map(({ rule }) => rule)).toEqual([...URL_RULES]);
  });

  it('let an ordinary URL in', () => {
    const rules = ask('http://a.test/x', {}, {}, robots('User-agent: *\nDisallow: /y'));
    expect(decidingRule(rules)).toBe(null);
    expect(rules.filter(({ verdict }) => verdict === 'unknown').map(({ rule }) => rule)).toEqual(['limits']);
  });

  it.each<[string, Input, Partial<AskedUrl>, Partial<RuleContext>, string, RegExp]>([
    ['http://b.test/', {}, {}, {}, 'scope.within', /within: host/],
    ['http://a.test/', { scope: { within: 'prefix' } }, {}, {}, 'scope.within', /within: prefix/],
    ['http://a.test/p/1', { scope: { deny: ['/q', '/p/'] } }, {}, {}, 'scope.deny', /^\/p\/$/],
    ['http://a.test/p/1', { scope: { allow: ['/q', '/r'] } }, {}, {}, 'scope.allow', /none of 2/],
    [
      'http://a.test/',
      { scope: { maxDepth: 3 } },
      { depth: 4 },
      {},
      'scope.maxDepth',
      /maxDepth: 3, found at 4/,
    ],
    ['http://a.test/x/x/x', {}, {}, {}, 'traps', /repeatedSegments: 3 times x/],
    [
      'http://a.test/p?sid=1',
      {},
      {},
      { closedPatterns: new Set(['a.test/p?sid']) },
      'traps',
      /maxDuplicates/,
    ],
    ['http://a.test/', { mode: 'list' }, {}, {}, 'mode', /mode: list/],
    ['http://a.test/2031/04', {}, {}, { takenOf: () => 500 }, 'traps.budget', /500 of 500 used of a.test/],
    [
      'http://a.test/p/',
      {},
      {},
      robots('User-agent: *\nAllow: /\nDisallow: /p'),
      'robots',
      /^line 3: Disallow: \/p/,
    ],
    [
      'http://a.test/',
      {},
      {},
      { robots: { status: 'unreachable', file: null, detail: 'it answered 503', fetchedAt: READ } },
      'robots',
      /it answered 503/,
    ],
  ])('%s with %j is stopped by %4$s', (url, input, asked, context, rule, detail) => {
    const decisive = decidingRule(ask(url, input, asked, context));
    expect(decisive?.rule).toBe(rule);
    expect(decisive?.detail).toMatch(detail);
  });

  it('after the one that decides are asked too', () => {
    const rules = ask('http://b.test/x/x/x', { scope: { deny: ['x'] } });
    expect(rules.filter(({ verdict }) => verdict === 'stops').map(({ rule }) => rule)).toEqual([
      'scope.within',
      'scope.deny',
      'traps',
    ]);
  });

  it('do not take a seed for a trap, nor ask for a link to it', () => {
    const input: Input = { mode: 'list', scope: { followNofollow: false } };
    const rules = ask('http://a.test/x/x/x', input, { isSeed: true, depth: 0 }, { takenOf: () => 500 });
    expect(decidingRule(rules)).toBe(null);
  });

  it('leave open what a robots.txt says whose text is no longer kept', () => {
    const gone: KnownRobots = { status: 'rules', file: null, detail: null, fetchedAt: READ };
    const rules = ask('http://a.test/x', {}, {}, { robots: gone });
    expect(rules.find(({ rule }) => rule === 'robots')).toMatchObject({ verdict: 'unknown' });
  });

  it('say what cannot be known beforehand', () => {
    const rules = ask('http://a.test/', { scope: { followNofollow: false } }, { depth: null });
    expect(rules.filter(({ verdict }) => verdict === 'unknown').map(({ rule }) => rule)).toEqual([
      'scope.maxDepth',
      'nofollow',
      'robots',
      'limits',
    ]);
  });
});

describe('what an execution recorded', () => {
  const none = { skipReason: null, skipRule: null, wasQueued: false, wasLetIn: false };
  const letIn = { ...none, wasQueued: true, wasLetIn: true };
  const DISALLOWED = robots('User-agent: *\nDisallow: /p');
  const verdictOf = (rules: readonly AskedRule[], rule: string): unknown =>
    rules.find((asked) => asked.rule === rule)?.verdict;

  it('of a fetched URL holds against rules that have changed since', () => {
    const rules = overlayRecord(ask('http://a.test/p', {}, {}, DISALLOWED), letIn);
    expect(rules.every(({ verdict }) => verdict === 'passes')).toBe(true);
    expect(rules.find(({ rule }) => rule === 'robots')?.detail).toMatch(
      /^it let the URL in; by now.*Disallow/,
    );
  });

  it.each([
    ['robots_txt', 'robots.txt line 2: Disallow: /p', 'robots'],
    ['trap', 'traps.maxPerDatePattern: 500 of a.test/{n}', 'traps.budget'],
    ['trap', 'traps.maxDuplicates: 100 of a.test/p?sid', 'traps'],
    ['excluded_pattern', 'allow: no pattern matches', 'scope.allow'],
    ['excluded_pattern', 'deny: /p', 'scope.deny'],
    ['nofollow', 'rel: nofollow', 'nofollow'],
    ['page_limit', 'scope.maxPages: 5', 'limits'],
  ] as const)('of a URL skipped for %s names its rule: %s', (skipReason, skipRule, rule) => {
    const rules = overlayRecord(ask('http://a.test/p'), { ...none, skipReason, skipRule });
    expect(decidingRule(rules)).toEqual({ rule, verdict: 'stops', detail: skipRule });
    const before = rules.slice(
      0,
      rules.findIndex((asked) => asked.rule === rule),
    );
    const open = before.filter(({ verdict }) => verdict !== 'passes').map((asked) => asked.rule);
    expect(open).toEqual(rule === 'limits' ? ['robots'] : []);
  });

  it('of a URL that waits holds against a budget that has filled since, and leaves robots.txt as it is', () => {
    const asked = ask('http://a.test/p/2031/04', {}, {}, { ...DISALLOWED, takenOf: () => 500 });
    const rules = overlayRecord(asked, { ...none, wasQueued: true });
    expect(rules.find(({ rule }) => rule === 'traps.budget')).toMatchObject({
      verdict: 'passes',
      detail: expect.stringMatching(/^it let the URL in; by now.*500 of 500 used/),
    });
    expect(rules.slice(-2)).toEqual(asked.slice(-2));
  });

  it.each([
    'page_limit',
    'duration_limit',
    'byte_limit',
    'stopped',
    'cancelled',
    'execution_failed',
  ] as const)('of a URL skipped for %s does not say that its robots.txt was asked', (skipReason) => {
    const record = { ...none, wasQueued: true, skipReason, skipRule: 'a rule' };
    const rules = overlayRecord(ask('http://a.test/p', {}, {}, DISALLOWED), record);
    expect(decidingRule(rules)?.rule).toBe('limits');
    expect(rules.find(({ rule }) => rule === 'robots')).toMatchObject({
      verdict: 'unknown',
      detail: expect.stringMatching(/^it was not asked; it would say: line 2: Disallow/),
    });
    const unread = overlayRecord(ask('http://a.test/p'), record);
    expect(verdictOf(unread, 'robots')).toBe('unknown');
  });

  it('of a redirect past the limit implies nothing of the rules, of which none was asked', () => {
    const record = { ...none, skipReason: 'redirect_limit', skipRule: 'fetch.maxRedirects: 10' } as const;
    const rules = overlayRecord(ask('http://b.test/x/x/x', {}, { depth: null }, DISALLOWED), record);
    expect(decidingRule(rules)).toEqual({
      rule: 'limits',
      verdict: 'stops',
      detail: 'fetch.maxRedirects: 10',
    });
    const open = rules.filter(({ verdict }) => verdict === 'unknown').map(({ rule }) => rule);
    expect(open).toEqual(['scope.within', 'scope.maxDepth', 'traps']);
    expect(rules[0]?.detail).toMatch(/^it was not asked; it would say: within: host/);
  });

  it('of a URL that became a trap while it waited leaves the budget that it was in', () => {
    const asked = ask('http://a.test/p/2031/04', {}, {}, { takenOf: () => 500 });
    const skip = { skipReason: 'trap', skipRule: 'traps.maxDuplicates: 100 of a.test/p/{n}' } as const;
    const rules = overlayRecord(asked, { ...none, ...skip, wasQueued: true });
    expect(decidingRule(rules)?.rule).toBe('traps');
    expect(verdictOf(rules, 'traps.budget')).toBe('passes');
  });

  it('of a URL that was never seen is nothing', () => {
    const rules = ask('http://a.test/p', {}, { depth: null });
    expect(overlayRecord(rules, none)).toEqual(rules);
  });
});
