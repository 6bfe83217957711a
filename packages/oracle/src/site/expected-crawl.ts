import { announcesSitemap, answerRobots } from './robots-answer.js';
import { compileRobots } from './robots-verdict.js';
import { statusOf } from './site-answers.js';
import type { SiteGraph } from './site-graph.js';
import type { SitePlan } from './site-plan.js';

/** The campaign settings that decide which URLs a correct crawl requests. */
export interface CrawlRules {
  readonly robotsToken: string;
  readonly obeyRobots: boolean;
  readonly maxRedirects: number;
  /** Whether the crawl reads the sitemap that robots.txt names. */
  readonly readSitemap: boolean;
}

/** The defaults of a campaign. */
export const DEFAULT_CRAWL_RULES: CrawlRules = {
  robotsToken: 'OutriderBot',
  obeyRobots: true,
  maxRedirects: 10,
  readSitemap: true,
};

/**
 * What a complete and correct crawl of one host from `/` finds, URL by URL: each hop of a redirect is a
 * URL of its own and counts with its 3xx status. Limits on depth, pages and time are not applied.
 */
export interface ExpectedCrawl {
  /** Every URL that must be requested: fetched, failed and custom together. */
  readonly inScopeUrls: ReadonlySet<string>;
  /** How many of them give an HTTP answer, whatever its status. */
  readonly fetched: number;
  /** How many of them never do. */
  readonly failed: number;
  readonly byStatus: Readonly<Record<number, number>>;
  readonly failedUrls: ReadonlySet<string>;
  /** URLs a test answers itself; counted neither as fetched nor as failed. */
  readonly customUrls: ReadonlySet<string>;
  /** Linked, on another host: must never be requested. */
  readonly outOfScopeUrls: ReadonlySet<string>;
  /** Linked, in scope, forbidden: must never be requested. */
  readonly blockedByRobots: ReadonlySet<string>;
  /** Named by the Location of the last redirect allowed: must never be requested. */
  readonly pastRedirectLimit: ReadonlySet<string>;
}

export interface SiteOrigins {
  readonly origin: string;
  readonly outsideOrigin: string;
}

function robotsCheck(plan: SitePlan, rules: CrawlRules, origin: string): (path: string) => boolean {
  if (!rules.obeyRobots) return () => true;
  const answer = answerRobots(plan, origin);
  // RFC 9309, 2.3.1: a 4xx allows everything; a 5xx or no answer forbids everything.
  if (typeof answer === 'string') return () => false;
  const status = answer.status ?? 200;
  if (status >= 500) return () => false;
  if (status < 200 || status >= 300 || typeof answer.body !== 'string') return () => true;
  return compileRobots(answer.body, rules.robotsToken);
}

type Verdict = 'unseen' | 'requested' | 'blocked' | 'outside' | 'pastLimit';
const VERDICTS: readonly Verdict[] = ['unseen', 'requested', 'blocked', 'outside', 'pastLimit'];

/** Walks the link graph breadth first, as the rules allow. Nine bytes per URL. */
function traverse(
  plan: SitePlan,
  graph: SiteGraph,
  rules: CrawlRules,
  origin: string,
): (id: number) => Verdict {
  const allowed = robotsCheck(plan, rules, origin);
  const verdicts = new Uint8Array(graph.size);
  const redirectsBefore = new Uint32Array(graph.size);
  const queue = new Uint32Array(graph.size);
  let queued = 0;

  function judge(id: number, redirects: number): Verdict {
    if (graph.kindOf(id) === 'outside') return 'outside';
    if (redirects > rules.maxRedirects) return 'pastLimit';
    return allowed(graph.pathOf(id)) ? 'requested' : 'blocked';
  }

  function visit(id: number, redirects: number): void {
    const known = VERDICTS[verdicts[id] ?? 0];
    // A URL refused as one redirect too many may still be reached by a shorter way.
    if (known !== 'unseen' && known !== 'pastLimit') return;
    const verdict = judge(id, redirects);
    verdicts[id] = VERDICTS.indexOf(verdict);
    if (verdict !== 'requested') return;
    redirectsBefore[id] = redirects;
    queue[queued] = id;
    queued += 1;
  }

  visit(0, 0);
  if (rules.readSitemap && announcesSitemap(plan)) {
    for (let id = 1; id < graph.pageCount; id += 1) visit(id, 0);
  }
  for (let head = 0; head < queued; head += 1) {
    const id = queue[head] ?? 0;
    const status = statusOf(graph, id) ?? 0;
    const redirects = status >= 300 && status < 400 ? (redirectsBefore[id] ?? 0) + 1 : 0;
    for (const link of graph.outlinks(id)) visit(link, redirects);
  }
  return (id) => VERDICTS[verdicts[id] ?? 0] ?? 'unseen';
}

/** Works out what a correct crawl of the site must request, and what it must not. */
export function expectCrawl(
  plan: SitePlan,
  graph: SiteGraph,
  rules: CrawlRules,
  { origin, outsideOrigin }: SiteOrigins,
): ExpectedCrawl {
  const verdictOf = traverse(plan, graph, rules, origin);
  const urlsBy: Record<Exclude<Verdict, 'unseen'>, Set<string>> = {
    requested: new Set(),
    blocked: new Set(),
    outside: new Set(),
    pastLimit: new Set(),
  };
  const failedUrls = new Set<string>();
  const customUrls = new Set<string>();
  const byStatus: Record<number, number> = {};
  for (let id = 0; id < graph.size; id += 1) {
    const verdict = verdictOf(id);
    if (verdict === 'unseen') continue;
    // Parsed, because a custom path may be spelt in a way that the URL standard rewrites.
    const base = verdict === 'outside' ? outsideOrigin : origin;
    const path = graph.pathOf(id);
    const url = graph.kindOf(id) === 'custom' ? new URL(path, base).href : base + path;
    urlsBy[verdict].add(url);
    if (verdict !== 'requested') continue;
    const status = statusOf(graph, id);
    if (status !== null) byStatus[status] = (byStatus[status] ?? 0) + 1;
    else if (graph.kindOf(id) === 'custom') customUrls.add(url);
    else failedUrls.add(url);
  }
  return {
    inScopeUrls: urlsBy.requested,
    fetched: urlsBy.requested.size - failedUrls.size - customUrls.size,
    failed: failedUrls.size,
    byStatus,
    failedUrls,
    customUrls,
    outOfScopeUrls: urlsBy.outside,
    blockedByRobots: urlsBy.blocked,
    pastRedirectLimit: urlsBy.pastLimit,
  };
}
