import type { ScopeConfig, TrapsConfig } from '../campaign/campaign-config.js';
import { registrableDomain, type ScopeVerdict } from '../url/url-scope.js';
import { repeatedBlock } from './repeated-segments.js';
import {
  calendarTemplate,
  hasSiblings,
  numberedQueryTemplate,
  pathTemplate,
  siblingTemplate,
  splitUrl,
} from './url-template.js';

/** How many URLs, or hosts, of one pattern an execution takes from links. */
export interface TrapBudget {
  /** The campaign's option that sets it, such as `traps.maxPerDatePattern`. */
  readonly option: string;
  readonly limit: number;
  /** What the URLs have in common: `example.org/calendar/{n}/{n}`. */
  readonly pattern: string;
  /** What is counted, each once; null: the URLs themselves. */
  readonly unit: string | null;
  /** URLs of the pattern that were taken before, and not counted. */
  readonly carry?: number;
}

/** Guards against sites that never end. Pure: whoever uses it keeps the counts. */
export interface TrapGuard {
  /** Whether the spelling of a normalised URL is that of a trap. */
  decide(url: string): ScopeVerdict;
  /** The budgets that a URL uses up when it is to be crawled; none for most. */
  budgetsOf(url: string): readonly TrapBudget[];
  /** What a URL has in common with those that may have the same content; null for one that stands alone. */
  siblingsOf(url: string): string | null;
}

/** Parameters from which on a path's URLs are combinations of filters, rather than its contents. */
const MANY_PARAMETERS = 4;
/** How much more of a pattern is taken from sitemaps than from links. */
const SITEMAP_FACTOR = 10;
/** Most URLs have neither, and need not be taken apart. */
const VARIES = /\d|\?/;
const NONE: readonly TrapBudget[] = [];

/**
 * The guards of an execution, as `docs/traps.md` describes them. `seedHosts` are free: only other hosts
 * use up the budget of their domain.
 */
export function createTrapGuard(
  traps: TrapsConfig,
  within: ScopeConfig['within'],
  seedHosts: readonly string[],
): TrapGuard {
  const free = new Set(seedHosts);
  const manyHosts = (within === 'domain' || within === 'any') && traps.maxHostsPerDomain > 0;
  return {
    decide: (url) => decideSpelling(url, traps),
    budgetsOf(url) {
      if (!manyHosts && !VARIES.test(url)) return NONE;
      const parts = splitUrl(url);
      const hosts = manyHosts && !free.has(parts.host) ? [hostBudget(parts.host, traps)] : NONE;
      const own = budgetOfPattern(parts, traps);
      return own === null ? hosts : [...hosts, own];
    },
    siblingsOf(url) {
      if (traps.maxDuplicates === 0 || !VARIES.test(url)) return null;
      const parts = splitUrl(url);
      return hasSiblings(parts) ? siblingTemplate(parts) : null;
    },
  };
}

/**
 * What a URL uses up that a sitemap names: budgets of their own, ten times as large. Who lists a URL means it
 * more than who links to it; and yet sitemaps are written by programs, which run into the same calendars.
 */
export function sitemapBudgets(budgets: readonly TrapBudget[]): readonly TrapBudget[] {
  if (budgets.length === 0) return budgets;
  return budgets.map((budget) => ({
    ...budget,
    limit: budget.limit * SITEMAP_FACTOR,
    pattern: `${budget.pattern}, by sitemaps`,
  }));
}

/** The rule as it is logged for a URL that a budget refuses. */
export function trapRule({ option, limit, pattern }: TrapBudget): string {
  return `${option}: ${limit} of ${pattern}`;
}

function decideSpelling(url: string, traps: TrapsConfig): ScopeVerdict {
  const { segments } = splitUrl(url);
  const count = segments.at(-1) === '' ? segments.length - 1 : segments.length;
  if (traps.maxPathSegments > 0 && count > traps.maxPathSegments) {
    return { crawl: false, reason: 'trap', rule: `traps.maxPathSegments: ${traps.maxPathSegments}` };
  }
  if (traps.repeatedSegments === 0 || count < traps.repeatedSegments) return { crawl: true };
  const block = repeatedBlock(segments, traps.repeatedSegments);
  if (block === null) return { crawl: true };
  const rule = `traps.repeatedSegments: ${traps.repeatedSegments} times ${block}`;
  return { crawl: false, reason: 'trap', rule };
}

function hostBudget(host: string, { maxHostsPerDomain }: TrapsConfig): TrapBudget {
  const pattern = `hosts of ${registrableDomain(host)}`;
  return { option: 'traps.maxHostsPerDomain', limit: maxHostsPerDomain, pattern, unit: host };
}

function budgetOfPattern(parts: ReturnType<typeof splitUrl>, traps: TrapsConfig): TrapBudget | null {
  const { maxPerDatePattern, maxPerNumberPattern, maxQueryCombinations } = traps;
  const parameters = parts.pairs?.length ?? 0;
  if (maxQueryCombinations > 0 && parameters >= MANY_PARAMETERS - 1) {
    const isMany = parameters >= MANY_PARAMETERS;
    const what = isMany ? `${MANY_PARAMETERS} or more` : `${parameters}`;
    return {
      option: 'traps.maxQueryCombinations',
      limit: maxQueryCombinations * (isMany ? 1 : 10),
      pattern: `${pathTemplate(parts)} with ${what} parameters`,
      unit: null,
    };
  }
  const calendar = maxPerDatePattern > 0 ? calendarTemplate(parts) : null;
  if (calendar !== null) {
    return { option: 'traps.maxPerDatePattern', limit: maxPerDatePattern, pattern: calendar, unit: null };
  }
  if (maxPerNumberPattern === 0) return null;
  const siblings = siblingTemplate(parts);
  const pattern = siblings.includes('{n}') ? siblings : numberedQueryTemplate(parts);
  if (pattern === null) return null;
  return { option: 'traps.maxPerNumberPattern', limit: maxPerNumberPattern, pattern, unit: null };
}
