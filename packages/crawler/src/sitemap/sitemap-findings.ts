import type { ClaimedSitemap, NewSitemap, SitemapUrl } from '@outrider/db';
import {
  type CampaignConfig,
  hostOf,
  normalizeUrl,
  registrableDomain,
  type ScopeVerdict,
  SITEMAP_PRIORITY,
  urlKey,
} from '@outrider/shared';
import type { DiscoveryRules } from '../record/link-discovery.js';
import type { SitemapEntry } from './sitemap-entry.js';

/** Indexes that may lie above a file. */
const MAX_INDEX_DEPTH = 2;
/** Files of one index that are looked at: twice what an execution reads. */
const MAX_CHILDREN = 1_000;

/**
 * Sorts the entries of one file: the pages into decisions, the files of an index onto the list, and the rest
 * into counts by reason. Pure but for its own state.
 */
export class SitemapFindings {
  readonly files: NewSitemap[] = [];
  /** What was left out, by reason: of a URL why it is not crawled, else what is wrong with it. */
  readonly dropped: Record<string, number> = {};
  urlsInScope = 0;
  newestLastmod: Date | null = null;
  readonly #file: ClaimedSitemap;
  readonly #rules: () => DiscoveryRules;
  readonly #seen = new Set<string>();

  constructor(file: ClaimedSitemap, rules: () => DiscoveryRules) {
    this.#file = file;
    this.#rules = rules;
  }

  /** A page that the file names; null for one that is no URL or was named before. */
  page(entry: SitemapEntry): SitemapUrl | null {
    const normalized = normalizeUrl(entry.loc);
    if (!normalized.ok) return this.#drop(normalized.problem);
    const rules = this.#rules();
    const known = rules.memory.identify(normalized.url);
    if (this.#isRepeated(known.key)) return null;
    const verdict = decide(known.url, rules);
    if (verdict.crawl) this.urlsInScope += 1;
    else this.#drop(verdict.reason);
    this.#date(entry.lastmod);
    const { lastmod, changefreq, priority, alternates } = entry;
    return {
      discovery: {
        url: known.url,
        urlKey: known.key,
        host: known.host,
        sourceUrl: this.#file.url,
        method: 'sitemap',
        depth: 0,
        isInternal: known.isInternal,
        skip: verdict.crawl ? null : { reason: verdict.reason, rule: verdict.rule },
        priority: SITEMAP_PRIORITY,
        redirectHops: [],
        isSeed: false,
        budgets: verdict.crawl ? rules.traps.sitemapBudgetsOf(known.url) : [],
      },
      lastmod,
      changefreq,
      priority,
      alternates,
    };
  }

  /** A file that an index names. */
  child(entry: SitemapEntry): void {
    const normalized = normalizeUrl(entry.loc);
    if (!normalized.ok) this.#drop(normalized.problem);
    else if (!this.#isRepeated(urlKey(normalized.url))) {
      this.#date(entry.lastmod);
      this.#list(normalized.url);
    }
  }

  #list(url: string): void {
    const depth = this.#file.depth + 1;
    if (depth > MAX_INDEX_DEPTH) this.#drop('index_depth');
    else if (!isNear(url, this.#file.url, this.#rules())) this.#drop('other_site');
    else if (this.files.length >= MAX_CHILDREN) this.#drop('file_limit');
    else this.files.push(newSitemap(url, { foundIn: 'index', parentId: this.#file.id, depth, redirects: 0 }));
  }

  #isRepeated(key: string): boolean {
    if (this.#seen.has(key)) {
      this.#drop('duplicate');
      return true;
    }
    this.#seen.add(key);
    return false;
  }

  #date(lastmod: Date | null): void {
    if (lastmod !== null && (this.newestLastmod === null || lastmod > this.newestLastmod)) {
      this.newestLastmod = lastmod;
    }
  }

  #drop(reason: string): null {
    this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
    return null;
  }
}

function decide(url: string, { scope, config, traps }: DiscoveryRules): ScopeVerdict {
  const verdict = scope.decide(url, 0);
  if (!verdict.crawl) return verdict;
  const trap = traps.decide(url);
  if (!trap.crawl || config.mode !== 'list') return trap;
  return { crawl: false, reason: 'not_in_list', rule: 'mode: list' };
}

/**
 * Whether a file that another one leads to may be read: on the same registrable domain, or within the
 * campaign's sites. A sitemap must not be able to send the crawler to sites that have no part in the campaign.
 */
export function isNear(url: string, from: string, rules: DiscoveryRules): boolean {
  return registrableDomain(hostOf(url)) === registrableDomain(hostOf(from)) || rules.scope.isInternal(url);
}

/** The files that a site's robots.txt names, in its order; what is no http(s) URL is passed over. */
export function robotsSitemaps(values: readonly string[], origin: string): NewSitemap[] {
  return values.flatMap((value) => {
    const normalized = normalizeUrl(value, `${origin}/robots.txt`);
    if (!normalized.ok) return [];
    return [newSitemap(normalized.url, { foundIn: 'robots', parentId: null, depth: 0, redirects: 0 })];
  });
}

export function newSitemap(
  url: string,
  place: Pick<NewSitemap, 'foundIn' | 'parentId' | 'depth' | 'redirects'>,
): NewSitemap {
  return { url, urlKey: urlKey(url), host: hostOf(url), ...place };
}

/** Whether an execution reads the sitemaps that robots.txt names. A list is crawled as it is. */
export function readsRobotsSitemaps({ mode, sitemaps }: CampaignConfig): boolean {
  return sitemaps.fromRobots && mode !== 'list';
}
