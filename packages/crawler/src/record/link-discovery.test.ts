import { decodePageLinks, type RedirectHop } from '@outrider/db';
import {
  type CampaignConfig,
  campaignConfig,
  createTrapGuard,
  createUrlIdentity,
  createUrlScope,
} from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { claimedTarget, parsePage } from '../testing/test-target.js';
import { DuplicateWatch } from '../traps/duplicate-watch.js';
import { LaneTraps } from '../traps/lane-traps.js';
import { NumberWatch } from '../traps/number-watch.js';
import { type DiscoveryRules, discoverLinks, discoverRedirect } from './link-discovery.js';
import { UrlMemory } from './url-memory.js';

type ConfigInput = Parameters<typeof campaignConfig.parse>[0];
const PAGE = 'http://a.test/dir/page';

function rulesFor(input: ConfigInput = {}): DiscoveryRules {
  const config: CampaignConfig = campaignConfig.parse(input);
  const scope = createUrlScope(config.scope, ['a.test'], ['http://a.test/']);
  return {
    config,
    scope,
    seedOrigins: new Set<string>(),
    traps: new LaneTraps(
      createTrapGuard(config.traps, config.scope.within, ['a.test']),
      new DuplicateWatch(config.traps.maxDuplicates),
      new NumberWatch(config.lanes),
      config.traps.maxDuplicates,
    ),
    hasNewRules: false,
    memory: new UrlMemory(scope, createUrlIdentity(config.scope)),
  };
}

/** What a page of this body makes known, by URL: null for what is to be crawled, else reason and rule. */
function decisions(
  body: string,
  input: ConfigInput = {},
  { depth = 0, headers = [] as readonly (readonly [string, string])[], rules = rulesFor(input) } = {},
): Record<string, string | null> {
  const content = parsePage(PAGE, body, headers);
  const { discoveries } = discoverLinks(claimedTarget(PAGE, { depth }), content, true, rules);
  return Object.fromEntries(
    discoveries.map(({ url, skip }) => [url, skip === null ? null : `${skip.reason} (${skip.rule})`]),
  );
}

const HEED_NOFOLLOW: ConfigInput = { scope: { followNofollow: false } };

describe('links of a page', () => {
  it('become one decision for each distinct URL, and one row for each link', () => {
    const content = parsePage(
      PAGE,
      '<a href=/x>1</a><a href=/x#part>2</a><a href="mailto:a@a.test">3</a><img src=/i>',
    );
    const { links, discoveries } = discoverLinks(claimedTarget(PAGE), content, true, rulesFor());
    expect(discoveries.map(({ url, depth, method, sourceUrl }) => [url, depth, method, sourceUrl])).toEqual([
      ['http://a.test/x', 1, 'link', PAGE],
    ]);
    expect(
      decodePageLinks({ ...links, targetKeys: links.targetKeys.split(',') }).map(
        ({ ordinal, targetUrl, problem }) => [ordinal, targetUrl, problem],
      ),
    ).toEqual([
      [0, 'http://a.test/x', null],
      [1, 'http://a.test/x', null],
      [2, null, 'unsupported_scheme'],
      [3, 'http://a.test/i', null],
    ]);
  });

  it('are counted as internal and external', () => {
    const content = parsePage(PAGE, '<a href=/x>1</a><a href=//b.test/>2</a><a href=/y>3</a><iframe src=/z>');
    const found = discoverLinks(claimedTarget(PAGE), content, true, rulesFor());
    expect(found).toMatchObject({ internalLinks: 2, externalLinks: 1 });
  });

  it('are counted once per URL too, and where they ask not to be followed', () => {
    const content = parsePage(
      PAGE,
      '<a href=/x>1</a><a href=/x#a rel=nofollow>2</a><a href=/x?utm_a=1>3</a><a href=//b.test/>4</a><a href=//b.test/#b>5</a>',
    );
    const rules = rulesFor({ scope: { stripParams: ['utm_*'] } });
    for (const _ of ['first page', 'second page']) {
      expect(discoverLinks(claimedTarget(PAGE), content, true, rules)).toMatchObject({
        internalLinks: 3,
        externalLinks: 2,
        uniqueInternalLinks: 1,
        uniqueExternalLinks: 1,
        nofollowLinks: 1,
      });
    }
  });

  it('of an error page are recorded and not followed', () => {
    const content = parsePage(PAGE, '<a href=/x>1</a>');
    const { links, discoveries } = discoverLinks(claimedTarget(PAGE), content, false, rulesFor());
    expect([links.length, discoveries.length]).toEqual([1, 0]);
  });

  it('that were logged before are not logged again', () => {
    const rules = rulesFor();
    expect(decisions('<a href=/x>', {}, { rules })).toEqual({ 'http://a.test/x': null });
    expect(decisions('<a href=/x><a href=/y>', {}, { rules })).toEqual({ 'http://a.test/y': null });
  });

  it('below the depth limit are skipped, and looked at again when a shallower page has them', () => {
    const input = { scope: { maxDepth: 2 } };
    const rules = rulesFor(input);
    const skip = { 'http://a.test/x': 'depth_limit (maxDepth: 2)' };
    expect(decisions('<a href=/x>', input, { rules, depth: 2 })).toEqual(skip);
    expect(decisions('<a href=/x>', input, { rules, depth: 1 })).toEqual({ 'http://a.test/x': null });
  });

  it('are all left out when the campaign crawls a list', () => {
    expect(decisions('<a href=/x><a href=//b.test/>', { mode: 'list' })).toEqual({
      'http://a.test/x': 'not_in_list (mode: list)',
      'http://b.test/': 'out_of_scope (within: host)',
    });
  });

  it('lose the parameters that the campaign strips, and are one URL then', () => {
    const input = { scope: { stripParams: ['utm_*'] } };
    expect(decisions('<a href="/x?utm_a=1"><a href="/x?utm_b=2"><a href="/x?q=1&utm_a=3">', input)).toEqual({
      'http://a.test/x': null,
      'http://a.test/x?q=1': null,
    });
  });
});

describe('nofollow', () => {
  it('is followed by default', () => {
    expect(decisions('<meta name=robots content=nofollow><a rel=nofollow href=/x>')).toEqual({
      'http://a.test/x': null,
    });
  });

  it('skips the link, with its rel as the rule', () => {
    expect(decisions('<a rel="ugc nofollow" href=/x>', HEED_NOFOLLOW)).toEqual({
      'http://a.test/x': 'nofollow (rel: ugc nofollow)',
    });
  });

  it.each([
    ['first', '<a rel=nofollow href=/x><a href=/x>'],
    ['last', '<a href=/x><a rel=nofollow href=/x>'],
    ['between', '<a rel=nofollow href=/x><a href=/x><a rel=nofollow href=/x>'],
  ])('does not keep a URL out that another link of the page allows (%s)', (_, body) => {
    expect(decisions(body, HEED_NOFOLLOW)).toEqual({ 'http://a.test/x': null });
  });

  it('of one page does not keep a URL out that another page allows', () => {
    const rules = rulesFor(HEED_NOFOLLOW);
    decisions('<a rel=nofollow href=/x>', HEED_NOFOLLOW, { rules });
    expect(decisions('<a href=/x>', HEED_NOFOLLOW, { rules })).toEqual({ 'http://a.test/x': null });
  });

  it('does not hide that a URL is out of scope', () => {
    expect(decisions('<a rel=nofollow href=//b.test/>', HEED_NOFOLLOW)).toEqual({
      'http://b.test/': 'out_of_scope (within: host, and nofollow: rel: nofollow)',
    });
  });

  it.each([
    ['of the same page', ['<a rel=nofollow href=//b.test/><a href=//b.test/>']],
    ['of another page', ['<a rel=nofollow href=//b.test/>', '<a href=//b.test/>']],
  ])('does not stay in the rule of a URL out of scope that a link %s may be followed to', (_, pages) => {
    const rules = rulesFor(HEED_NOFOLLOW);
    const found = pages.map((body) => decisions(body, HEED_NOFOLLOW, { rules }));
    expect(found.at(-1)).toEqual({ 'http://b.test/': 'out_of_scope (within: host)' });
    expect(decisions(pages.join(''), HEED_NOFOLLOW, { rules })).toEqual({});
  });

  it('that is met again and again is logged once', () => {
    const rules = rulesFor(HEED_NOFOLLOW);
    const body = '<a rel=nofollow href=/x><a rel=nofollow href=//b.test/>';
    expect(Object.keys(decisions(body, HEED_NOFOLLOW, { rules }))).toHaveLength(2);
    expect(decisions(body, HEED_NOFOLLOW, { rules })).toEqual({});
  });

  it.each([
    ['meta robots', '<meta name=robots content="noindex, nofollow">', [], 'meta robots'],
    ['none', '<meta name=robots content=none>', [], 'meta robots'],
    ['our own token', '<meta name=outriderbot content=nofollow>', [], 'meta robots'],
    ['a header', '', [['x-robots-tag', 'nofollow']], 'X-Robots-Tag'],
    ['a header for us', '', [['x-robots-tag', 'OutriderBot: nofollow']], 'X-Robots-Tag'],
  ] as const)('of the whole page skips all its links: %s', (_, head, headers, rule) => {
    expect(decisions(`${head}<a href=/x><a href=/y>`, HEED_NOFOLLOW, { headers })).toEqual({
      'http://a.test/x': `nofollow (${rule})`,
      'http://a.test/y': `nofollow (${rule})`,
    });
  });

  it('that is meant for another crawler does not concern us', () => {
    const page = '<meta name=googlebot content=nofollow><a href=/x>';
    const headers = [['x-robots-tag', 'googlebot: nofollow']] as const;
    expect(decisions(page, HEED_NOFOLLOW, { headers })).toEqual({ 'http://a.test/x': null });
  });
});

describe('a redirect', () => {
  const hops = (count: number): RedirectHop[] =>
    Array.from({ length: count }, (_, n) => ({
      url: `http://a.test/${n}`,
      status: 301,
      type: 'http',
      ms: 1,
    }));
  const seed = claimedTarget(PAGE, { isSeed: true });
  const found = (
    location: string,
    { page = claimedTarget(PAGE, { depth: 3 }), count = 1, input = {} } = {},
  ) => discoverRedirect(page, location, hops(count), rulesFor(input));

  it('leads to a URL of its own at the same depth, with its way', () => {
    const { discovery, scopeHost } = found('http://a.test/new');
    expect(discovery).toMatchObject({ url: 'http://a.test/new', depth: 3, method: 'redirect', skip: null });
    expect(discovery.redirectHops).toHaveLength(1);
    expect(scopeHost).toBeNull();
  });

  it('out of the scope is skipped, and told apart from a link', () => {
    expect(found('http://b.test/').discovery.skip).toEqual({
      reason: 'out_of_scope',
      rule: 'redirect_out_of_scope, within: host',
    });
  });

  it('of a seed takes the scope with it', () => {
    const { discovery, scopeHost } = found('http://b.test/', { page: seed });
    expect(discovery).toMatchObject({ skip: null, isInternal: true, isSeed: true });
    expect(scopeHost).toBe('b.test');
  });

  it.each([
    ['http://a.test/private', { deny: ['/private'] }],
    ['http://b.test/private', { deny: ['/private'] }],
    ['http://b.test/private', { allow: ['/public'] }],
  ])('of a seed to %s does not pass a pattern that forbids it: %j', (location, scope) => {
    const { discovery, scopeHost } = found(location, { page: seed, input: { scope } });
    expect(discovery).toMatchObject({ skip: { reason: 'excluded_pattern' }, isSeed: false });
    expect(scopeHost).toBeNull();
  });

  it.each([
    [10, null],
    [11, 'redirect_limit'],
  ])('is followed up to the limit of 10: number %i', (count, reason) => {
    expect(found('http://a.test/new', { count }).discovery.skip?.reason ?? null).toBe(reason);
  });

  it('past the limit widens nothing, also from a seed', () => {
    const { discovery, scopeHost } = found('http://b.test/', { page: seed, count: 11 });
    expect(discovery.skip?.reason).toBe('redirect_limit');
    expect(scopeHost).toBeNull();
  });
});
