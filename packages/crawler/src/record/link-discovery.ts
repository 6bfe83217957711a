import type { ClaimedTarget, Discovery, RedirectHop } from '@outrider/db';
import { type PageLinks, PageLinksEncoder } from '@outrider/db/page-links';
import {
  AND_NOFOLLOW,
  type CampaignConfig,
  crawlPriority,
  hostOf,
  type ScopeVerdict,
  type UrlScope,
} from '@outrider/shared';
import type { PageContent } from '../parse/page-content.js';
import { isCrawlableLink, type PageLink } from '../parse/page-link.js';
import { effectiveRobots } from '../parse/robots-directives.js';
import type { LaneTraps } from '../traps/lane-traps.js';
import type { KnownUrl, UrlMemory } from './url-memory.js';

export interface DiscoveryRules {
  readonly config: CampaignConfig;
  readonly scope: UrlScope;
  /** The patterns have changed since URLs were put on the frontier: each is held against them before it is fetched. */
  readonly hasNewRules: boolean;
  readonly memory: UrlMemory;
  readonly traps: LaneTraps;
  /** Origins of the seeds as given: the only ones that the campaign's own request headers are sent to. */
  readonly seedOrigins: ReadonlySet<string>;
}

export interface LinkFindings {
  readonly links: PageLinks;
  readonly discoveries: Discovery[];
  readonly internalLinks: number;
  readonly externalLinks: number;
  /** Distinct URLs among them. */
  readonly uniqueInternalLinks: number;
  readonly uniqueExternalLinks: number;
  /** Links that ask not to be followed. */
  readonly nofollowLinks: number;
}

/**
 * Turns the links of a page into rows, and into a decision for each distinct URL that a crawl could
 * follow and that this lane has not logged before. `follow` false records the links and follows none:
 * the page is an error page. Content is null for what is not HTML.
 */
export function discoverLinks(
  page: ClaimedTarget,
  content: Pick<PageContent, 'links' | 'indexing'> | null,
  follow: boolean,
  rules: DiscoveryRules,
): LinkFindings {
  const forbidden = content === null ? null : pageNofollow(content, rules.config);
  const links = new PageLinksEncoder();
  const discoveries: Discovery[] = [];
  const decided = new Map<KnownUrl, number>();
  let internalLinks = 0;
  let externalLinks = 0;
  let uniqueInternalLinks = 0;
  let uniqueExternalLinks = 0;
  let nofollowLinks = 0;
  const thisPage = rules.memory.nextPage();
  for (const link of content?.links ?? []) {
    const known = link.targetUrl === null ? null : rules.memory.identify(link.targetUrl);
    if (known !== null && link.type === 'hyperlink') {
      if (known.isInternal) internalLinks += 1;
      else externalLinks += 1;
      if (!link.follow) nofollowLinks += 1;
      if (known.linkedBy !== thisPage) {
        known.linkedBy = thisPage;
        if (known.isInternal) uniqueInternalLinks += 1;
        else uniqueExternalLinks += 1;
      }
    }
    links.add(link, known);
    if (!follow || known === null || known.logged || !isCrawlableLink(link)) continue;
    const nofollow = nofollowRule(link, forbidden, rules.config);
    if (known.awaitsFollow && nofollow !== null) continue;
    const earlier = decided.get(known);
    // Of two links to a URL one may be nofollow: the one that allows it decides.
    if (earlier !== undefined && !isNofollow(discoveries[earlier]?.skip ?? null)) continue;
    const discovery = decide(page, known, rules, nofollow);
    if (earlier === undefined) decided.set(known, discoveries.push(discovery) - 1);
    else discoveries[earlier] = discovery;
  }
  for (const [known, at] of decided) {
    const skip = discoveries[at]?.skip ?? null;
    known.awaitsFollow = isNofollow(skip);
    // A link from a shallower page may still turn this one into a crawl.
    known.logged = !known.awaitsFollow && skip?.reason !== 'depth_limit';
  }
  return {
    links: links.end(),
    discoveries,
    internalLinks,
    externalLinks,
    uniqueInternalLinks,
    uniqueExternalLinks,
    nofollowLinks,
  };
}

/** Left out by a link that asks not to be followed, be it outside the scope as well: one that may be followed changes that. */
function isNofollow(skip: Discovery['skip']): boolean {
  return skip !== null && (skip.reason === 'nofollow' || skip.rule.includes(AND_NOFOLLOW));
}

/** What makes a link one that must not be followed, or null. */
function nofollowRule(link: PageLink, forbidden: string | null, config: CampaignConfig): string | null {
  if (config.scope.followNofollow) return null;
  return forbidden ?? (link.follow ? null : `rel: ${link.rel.join(' ')}`);
}

/** Where the page as a whole asks that none of its links be followed, if the campaign heeds that. */
function pageNofollow(
  { indexing }: Pick<PageContent, 'indexing'>,
  { scope, politeness }: CampaignConfig,
): string | null {
  if (scope.followNofollow) return null;
  const source = (['meta', 'header'] as const).find((from) =>
    effectiveRobots(
      indexing.robots.filter((statement) => statement.source === from),
      politeness.robotsToken,
    ).has('nofollow'),
  );
  if (source === undefined) return null;
  return source === 'meta' ? 'meta robots' : 'X-Robots-Tag';
}

function decide(
  page: ClaimedTarget,
  known: KnownUrl,
  rules: DiscoveryRules,
  nofollow: string | null,
): Discovery {
  const depth = page.depth + 1;
  const skip = skipOf(linkVerdict(known, depth, rules, nofollow));
  return {
    url: known.url,
    urlKey: known.key,
    host: known.host,
    sourceUrl: page.url,
    method: 'link',
    depth,
    isInternal: known.isInternal,
    skip,
    priority: crawlPriority(depth),
    redirectHops: [],
    isSeed: false,
    budgets: skip === null ? rules.traps.budgetsOf(known.url) : [],
  };
}

function linkVerdict(
  known: KnownUrl,
  depth: number,
  rules: DiscoveryRules,
  nofollow: string | null,
): ScopeVerdict {
  const verdict = rules.scope.decide(known.url, depth);
  if (!verdict.crawl && verdict.reason === 'out_of_scope' && nofollow !== null) {
    // A wider scope alone would not let it in.
    return { ...verdict, rule: `${verdict.rule}${AND_NOFOLLOW}${nofollow}` };
  }
  if (!verdict.crawl) return verdict;
  const trap = rules.traps.decide(known.url);
  if (!trap.crawl) return trap;
  if (rules.config.mode === 'list') return { crawl: false, reason: 'not_in_list', rule: 'mode: list' };
  if (rules.config.mode === 'sitemap')
    return { crawl: false, reason: 'not_in_sitemap', rule: 'mode: sitemap' };
  return nofollow === null ? verdict : { crawl: false, reason: 'nofollow', rule: nofollow };
}

/**
 * The target of a redirect, as a URL of its own: it keeps the depth of the page that redirected, since
 * no click leads there, and may leave the scope only when a seed redirects.
 */
export function discoverRedirect(
  page: ClaimedTarget,
  location: string,
  hops: readonly RedirectHop[],
  rules: DiscoveryRules,
): { discovery: Discovery; scopeHost: string | null } {
  const known = rules.memory.identify(location);
  const pastLimit = hops.length > rules.config.fetch.maxRedirects;
  // Where a seed redirects to joins the scope and passes the guards, unless a pattern keeps that very URL out.
  const verdict = page.isSeed
    ? rules.scope.decideJoining(known.url, page.depth)
    : guardedVerdict(known.url, page.depth, rules);
  const widens = page.isSeed && !pastLimit && verdict.crawl && !known.isInternal;
  const skip = pastLimit
    ? ({ reason: 'redirect_limit', rule: `fetch.maxRedirects: ${rules.config.fetch.maxRedirects}` } as const)
    : redirectSkip(verdict);
  if (skip === null) known.logged = true;
  return {
    discovery: {
      url: known.url,
      urlKey: known.key,
      host: known.host,
      sourceUrl: page.url,
      method: 'redirect',
      depth: page.depth,
      isInternal: known.isInternal || widens,
      skip,
      priority: crawlPriority(page.depth),
      redirectHops: hops,
      isSeed: page.isSeed && skip === null,
      // Where a seed leads was asked for by a person.
      budgets: skip === null && !page.isSeed ? rules.traps.budgetsOf(known.url) : [],
    },
    scopeHost: widens ? hostOf(known.url) : null,
  };
}

function guardedVerdict(url: string, depth: number, { scope, traps }: DiscoveryRules): ScopeVerdict {
  const verdict = scope.decide(url, depth);
  return verdict.crawl ? traps.decide(url) : verdict;
}

/** A way out of the scope by redirect is told apart from a link out of it. */
function redirectSkip(verdict: ScopeVerdict): Discovery['skip'] {
  const skip = skipOf(verdict);
  return skip?.reason === 'out_of_scope' ? { ...skip, rule: `redirect_out_of_scope, ${skip.rule}` } : skip;
}

function skipOf(verdict: ScopeVerdict): Discovery['skip'] {
  return verdict.crawl ? null : { reason: verdict.reason, rule: verdict.rule };
}
