import type { CampaignConfig } from '../campaign/campaign-config.js';
import type { RobotsFile } from '../robots/robots-rules.js';
import type { TrapBudget, TrapGuard } from '../traps/trap-guard.js';
import type { UrlScope } from '../url/url-scope.js';

/** The rules a URL passes before it is fetched, in the order in which a crawl asks them. */
export const URL_RULES = [
  'scope.within',
  'scope.deny',
  'scope.allow',
  'scope.maxDepth',
  'traps',
  'mode',
  'nofollow',
  'traps.budget',
  'robots',
  'limits',
] as const;
export type UrlRule = (typeof URL_RULES)[number];

/** One rule that was asked about a URL, and what it said. */
export interface AskedRule {
  readonly rule: UrlRule;
  /** unknown: it depends on what is not known beforehand. */
  readonly verdict: 'passes' | 'stops' | 'unknown';
  /** For a person: which pattern, which limit, which line. */
  readonly detail: string;
}

/** What is known of an origin's robots.txt. */
export type KnownRobots =
  | { readonly status: 'unknown' }
  | {
      readonly status: 'rules' | 'allow_all' | 'unreachable';
      /** Null for one without rules, and for rules whose text is no longer kept. */
      readonly file: RobotsFile | null;
      readonly detail: string | null;
      /** ISO 8601. */
      readonly fetchedAt: string;
    };

export interface AskedUrl {
  /** Normalised, with the campaign's identity. */
  readonly url: string;
  /** Clicks from a seed; null when nothing led to it. */
  readonly depth: number | null;
  readonly isSeed: boolean;
}

export interface RuleContext {
  readonly config: CampaignConfig;
  readonly scope: UrlScope;
  readonly traps: TrapGuard;
  /** What the execution has taken of a budget; null when it has not begun one, or there is no execution. */
  readonly takenOf: (budget: TrapBudget) => number | null;
  readonly closedPatterns: ReadonlySet<string>;
  readonly robots: KnownRobots;
}

/**
 * Asks every rule about a URL; pure. The first that stops it decides; those after it are asked all the same,
 * so that a person sees at once what else stands in the way.
 */
export function askRules(asked: AskedUrl, context: RuleContext): AskedRule[] {
  const { scope } = context.config;
  return [
    askWithin(asked, context),
    ...askPatterns(asked.url, context),
    askDepth(asked.depth, scope.maxDepth),
    askTraps(asked, context),
    askMode(asked, context.config),
    askNofollow(asked, context.config),
    askBudgets(asked, context),
    askRobots(asked.url, context),
    {
      rule: 'limits',
      verdict: 'unknown',
      detail: `the execution ends after ${scope.maxPages} pages or ${scope.maxDurationSeconds} seconds (scope.maxPages, scope.maxDurationSeconds)`,
    },
  ];
}

/** The rule that decides: the first that stops the URL. Null when none does. */
export function decidingRule(rules: readonly AskedRule[]): AskedRule | null {
  return rules.find(({ verdict }) => verdict === 'stops') ?? null;
}

const passes = (rule: UrlRule, detail: string): AskedRule => ({ rule, verdict: 'passes', detail });
const stops = (rule: UrlRule, detail: string): AskedRule => ({ rule, verdict: 'stops', detail });

function askWithin({ url }: AskedUrl, { config, scope }: RuleContext): AskedRule {
  const within = `within: ${config.scope.within}`;
  return scope.isInternal(url)
    ? passes('scope.within', within)
    : stops('scope.within', `${within}, and it lies outside the sites of the seeds`);
}

function askPatterns(url: string, { config, scope }: RuleContext): AskedRule[] {
  const { deny, allow } = config.scope;
  const matched = scope.matches(url);
  const none = 'no pattern is set';
  return [
    matched.deny === null
      ? passes('scope.deny', deny.length === 0 ? none : `none of ${deny.length} patterns matches`)
      : stops('scope.deny', matched.deny),
    matched.allow !== null || allow.length === 0
      ? passes('scope.allow', matched.allow ?? none)
      : stops('scope.allow', `none of ${allow.length} patterns matches`),
  ];
}

function askDepth(depth: number | null, maxDepth: number): AskedRule {
  const limit = `maxDepth: ${maxDepth}`;
  if (depth === null) {
    const detail = `${limit}, and it is not known how many clicks lead to it`;
    return { rule: 'scope.maxDepth', verdict: 'unknown', detail };
  }
  const where = `${limit}, found at ${depth}`;
  return depth <= maxDepth ? passes('scope.maxDepth', where) : stops('scope.maxDepth', where);
}

function askTraps({ url, isSeed }: AskedUrl, { config, traps, closedPatterns }: RuleContext): AskedRule {
  if (isSeed) return passes('traps', 'a seed is never taken for a trap');
  const spelling = traps.decide(url);
  if (!spelling.crawl) return stops('traps', spelling.rule);
  const siblings = traps.siblingsOf(url);
  if (siblings === null || !closedPatterns.has(siblings)) {
    return passes('traps', 'no repeated segments, not too deep a path, no pages that repeat each other');
  }
  return stops('traps', `traps.maxDuplicates: ${config.traps.maxDuplicates} of ${siblings}`);
}

function askMode({ isSeed }: AskedUrl, { mode }: CampaignConfig): AskedRule {
  if (mode === 'list' && !isSeed) return stops('mode', 'mode: list, and it is no seed');
  if (mode === 'sitemap' && !isSeed) {
    const detail = 'mode: sitemap, so it depends on whether a sitemap names it';
    return { rule: 'mode', verdict: 'unknown', detail };
  }
  return passes('mode', `mode: ${mode}`);
}

function askNofollow({ isSeed }: AskedUrl, { scope }: CampaignConfig): AskedRule {
  if (scope.followNofollow) return passes('nofollow', 'nofollow links are followed (scope.followNofollow)');
  if (isSeed) return passes('nofollow', 'a seed needs no link');
  const detail = 'only a link without nofollow leads to it (scope.followNofollow is off)';
  return { rule: 'nofollow', verdict: 'unknown', detail };
}

function askBudgets({ url, isSeed }: AskedUrl, { traps, takenOf }: RuleContext): AskedRule {
  const budgets = isSeed ? [] : traps.budgetsOf(url);
  const states = budgets.map((budget) => {
    const taken = takenOf(budget);
    const text = `${budget.option}: ${taken ?? 0} of ${budget.limit} used of ${budget.pattern}`;
    return { text, isUsedUp: taken !== null && taken >= budget.limit };
  });
  const usedUp = states.find(({ isUsedUp }) => isUsedUp);
  if (usedUp !== undefined) return stops('traps.budget', usedUp.text);
  return passes('traps.budget', states.map(({ text }) => text).join('; ') || 'it uses up none');
}

function askRobots(url: string, { config, robots }: RuleContext): AskedRule {
  const { obeyRobots, robotsToken } = config.politeness;
  if (!obeyRobots) return passes('robots', 'not asked (politeness.obeyRobots is off)');
  switch (robots.status) {
    case 'unknown':
      return { rule: 'robots', verdict: 'unknown', detail: 'robots.txt of this site was not read yet' };
    case 'unreachable': {
      const detail = `robots.txt could not be read: ${robots.detail ?? 'no detail'} (${robots.fetchedAt})`;
      return stops('robots', detail);
    }
    case 'allow_all':
      return passes('robots', `everything is allowed: ${robots.detail ?? 'no rules'} (${robots.fetchedAt})`);
    case 'rules': {
      if (robots.file === null) {
        const detail = `robots.txt was read ${robots.fetchedAt}, and its text is no longer kept`;
        return { rule: 'robots', verdict: 'unknown', detail };
      }
      const { allowed, rule } = robots.file.decide(robotsToken, url);
      const line = rule === null ? 'no line matches' : `line ${rule.line}: ${rule.text}`;
      const detail = `${line} (for ${robotsToken}, read ${robots.fetchedAt})`;
      return allowed ? passes('robots', detail) : stops('robots', detail);
    }
  }
}
