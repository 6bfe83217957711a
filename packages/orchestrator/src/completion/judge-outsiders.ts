import {
  admitOutsiders,
  type Discovery,
  listOutsiders,
  markJudged,
  type Outsider,
  readRuleFacts,
  readWidened,
  type Tx,
} from '@outrider/db';
import {
  type CampaignConfig,
  crawlPriority,
  createTrapGuard,
  createUrlScope,
  SITEMAP_PRIORITY,
  sitemapBudgets,
  type TrapGuard,
  type UrlScope,
} from '@outrider/shared';

/** Outsiders judged per statement. */
const PART = 2_000;

/**
 * Judges once more what was left out since it lay outside the scope, when a seed's redirect has made that wider
 * since; returns how many URLs are to be crawled after all. To be asked when nothing else is left to crawl: a
 * pass over the log for each redirect would cost a campaign of many seeds more than its crawl, and until then a
 * link to such a URL that is met again lets it in anyhow. The execution and its lanes must be locked.
 */
export async function judgeOutsiders(tx: Tx, executionId: string): Promise<number> {
  const widened = await readWidened(tx, executionId);
  if (widened === null) return 0;
  const { config, hold } = widened;
  const { scopeHosts, seedFolders, closedPatterns } = await readRuleFacts(
    tx,
    executionId,
    config.scope.within,
  );
  const judge: Judge = {
    config,
    scope: createUrlScope(config.scope, scopeHosts, seedFolders),
    traps: createTrapGuard(config.traps, config.scope.within, scopeHosts),
    closedPatterns: new Set(closedPatterns),
  };
  let admitted = 0;
  let after: string | null = null;
  for (;;) {
    const part: Outsider[] = await listOutsiders(tx, executionId, { after, limit: PART });
    const allowed = part.filter((outsider) => isLetIn(outsider, judge));
    if (allowed.length > 0) {
      const discoveries = allowed.map((outsider) => discoveryOf(outsider, judge));
      admitted += await admitOutsiders(tx, hold, discoveries);
    }
    after = part.at(-1)?.urlKey ?? null;
    if (part.length < PART) break;
  }
  await markJudged(tx, executionId);
  return admitted;
}

interface Judge {
  readonly config: CampaignConfig;
  readonly scope: UrlScope;
  readonly traps: TrapGuard;
  readonly closedPatterns: ReadonlySet<string>;
}

function isLetIn({ url, depth, method }: Outsider, { config, scope, traps, closedPatterns }: Judge): boolean {
  if (config.mode === 'list' || (config.mode === 'sitemap' && method === 'link')) return false;
  if (!scope.decide(url, depth).crawl || !traps.decide(url).crawl) return false;
  const siblings = traps.siblingsOf(url);
  return siblings === null || !closedPatterns.has(siblings);
}

function discoveryOf({ url, urlKey, host, sourceUrl, method, depth }: Outsider, { traps }: Judge): Discovery {
  const budgets = traps.budgetsOf(url);
  return {
    ...{ url, urlKey, host, sourceUrl, method, depth },
    isInternal: true,
    skip: null,
    priority: method === 'sitemap' ? SITEMAP_PRIORITY : crawlPriority(depth),
    redirectHops: [],
    isSeed: false,
    budgets: method === 'sitemap' ? sitemapBudgets(budgets) : budgets,
  };
}
