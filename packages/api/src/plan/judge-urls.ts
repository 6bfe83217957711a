import {
  type AskedRule,
  askRules,
  type CampaignConfig,
  createTrapGuard,
  createUrlIdentity,
  createUrlScope,
  decidingRule,
  ERRORS,
  type KnownRobots,
  normalizeUrl,
  type PlannedUrl,
  urlKey,
} from '@outrider/shared';

/** What the campaign's seeds make of it. */
export interface SeedFacts {
  readonly seedKeys: ReadonlySet<string>;
  readonly seedUrls: readonly string[];
  readonly scopeHosts: readonly string[];
}

/** A URL as the campaign knows it, or why it is none. */
export type IdentifiedUrl =
  | { readonly askedUrl: string; readonly url: string; readonly key: string }
  | { readonly askedUrl: string; readonly problem: string };

/** Gives each URL its identity in the campaign; pure. */
export function identifyUrls(config: CampaignConfig, urls: readonly string[]): IdentifiedUrl[] {
  const identify = createUrlIdentity(config.scope);
  return urls.map((askedUrl) => {
    const normalized = normalizeUrl(askedUrl);
    if (!normalized.ok)
      return { askedUrl, problem: `${normalized.problem}: ${ERRORS[normalized.problem].title}` };
    const url = identify(normalized.url);
    return { askedUrl, url, key: urlKey(url) };
  });
}

export interface JudgedBy {
  readonly config: CampaignConfig;
  readonly seeds: SeedFacts;
  /** By URL key. */
  readonly depths: ReadonlyMap<string, number>;
}

/** Judges a URL by all rules, with what is known of the robots.txt of its origin. */
export type JudgeUrl = (one: IdentifiedUrl, robots: KnownRobots) => PlannedUrl;

/** In or out, and by which rule; pure. No budget is used up before a run begins. */
export function createUrlJudge(by: JudgedBy): JudgeUrl {
  const { config, seeds } = by;
  const scope = createUrlScope(config.scope, seeds.scopeHosts, seeds.seedUrls);
  const traps = createTrapGuard(config.traps, config.scope.within, seeds.scopeHosts);
  return (one, robots) => {
    if ('problem' in one) return invalid(one.askedUrl, one.problem);
    const isSeed = seeds.seedKeys.has(one.key);
    const depth = isSeed ? 0 : (by.depths.get(one.key) ?? null);
    const rules = askRules(
      { url: one.url, depth, isSeed },
      {
        config,
        scope,
        traps,
        takenOf: () => null,
        closedPatterns: new Set(),
        robots,
      },
    );
    const decisive = decidingRule(rules);
    return {
      askedUrl: one.askedUrl,
      url: one.url,
      urlKey: one.key,
      verdict: decisive === null ? 'in' : 'out',
      decidedBy: decisive?.rule ?? null,
      detail: decisive?.detail ?? openQuestions(rules),
      isSeed,
      depth,
      rules,
    };
  };
}

function openQuestions(rules: readonly AskedRule[]): string {
  const open = rules.filter(({ rule, verdict }) => verdict === 'unknown' && rule !== 'limits');
  return open.length === 0 ? 'every rule lets it in' : open.map(({ detail }) => detail).join('; ');
}

function invalid(askedUrl: string, problem: string): PlannedUrl {
  return {
    askedUrl,
    url: null,
    urlKey: null,
    verdict: 'invalid',
    decidedBy: 'url',
    detail: problem,
    isSeed: false,
    depth: null,
    rules: [],
  };
}
