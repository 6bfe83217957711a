import { type Campaign, type CampaignConfig, campaignConfig, campaignPatch } from '@outrider/shared';
import { usageError } from '../program/cli-error.js';

/** The options of `outrider crawl` that describe the campaign. */
export interface CrawlOptions {
  readonly name?: string;
  readonly maxPages?: number;
  readonly maxDepth?: number;
  readonly concurrency?: number;
  readonly delay?: number;
  readonly workers?: number;
  readonly renderer?: string;
  /** False for `--no-robots`. */
  readonly robots: boolean;
  readonly within?: CampaignConfig['scope']['within'];
  readonly mode?: 'spider' | 'sitemap';
  readonly sitemap?: readonly string[];
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  readonly userAgent?: string;
}

/** The part of a campaign's configuration that a crawl's options decide; the rest stays as it is. */
export type WantedConfig = Pick<CampaignConfig, 'mode' | 'renderer' | 'lanes'> & {
  readonly scope: Pick<CampaignConfig['scope'], 'within' | 'allow' | 'deny' | 'maxDepth' | 'maxPages'>;
  readonly politeness: Pick<
    CampaignConfig['politeness'],
    'obeyRobots' | 'maxConcurrencyPerHost' | 'delayMs' | 'userAgent'
  >;
  readonly sitemaps: CampaignConfig['sitemaps'];
};

export interface WantedCampaign {
  readonly name: string;
  readonly seed: string;
  readonly config: WantedConfig;
}

const DEFAULTS = campaignConfig.parse({});
const MAX_NAME = 200;

/** The option that sets a field, to name what is wrong as the person wrote it. */
const OPTION_OF: Readonly<Record<string, string>> = {
  name: '--name',
  lanes: '--workers',
  'scope.within': '--within',
  'scope.allow': '--allow',
  'scope.deny': '--deny',
  'scope.maxDepth': '--max-depth',
  'scope.maxPages': '--max-pages',
  'politeness.maxConcurrencyPerHost': '--concurrency',
  'politeness.delayMs': '--delay',
  'politeness.userAgent': '--user-agent',
  'sitemaps.urls': '--sitemap',
};

/**
 * The campaign that a crawl asks for: one per start URL and named after it, so that its history gathers in
 * one place. Options left out mean the defaults, also on a campaign that had others. Throws a usage error.
 */
export function wantedCampaign(url: string, options: CrawlOptions, defaultLanes: number): WantedCampaign {
  const { scope, politeness } = DEFAULTS;
  const config: WantedConfig = {
    mode: options.mode ?? 'spider',
    renderer: rendererOf(options.renderer),
    lanes: options.workers ?? defaultLanes,
    scope: {
      within: options.within ?? scope.within,
      allow: [...(options.allow ?? [])],
      deny: [...(options.deny ?? [])],
      maxDepth: options.maxDepth ?? scope.maxDepth,
      maxPages: options.maxPages ?? scope.maxPages,
    },
    politeness: {
      obeyRobots: options.robots,
      maxConcurrencyPerHost: options.concurrency ?? politeness.maxConcurrencyPerHost,
      delayMs: options.delay ?? politeness.delayMs,
      userAgent: options.userAgent ?? politeness.userAgent,
    },
    sitemaps: { fromRobots: DEFAULTS.sitemaps.fromRobots, urls: [...(options.sitemap ?? [])] },
  };
  const wanted = { name: options.name?.trim() ?? nameAfter(url), seed: url, config };
  const checked = campaignPatch.safeParse({ ...config, name: wanted.name });
  if (checked.success) return wanted;
  throw usageError(
    checked.error.issues.map(({ path, message }) => `${optionAt(path)}: ${message}`).join('\n'),
  );
}

function rendererOf(renderer: string | undefined): CampaignConfig['renderer'] {
  if (renderer === undefined || renderer === 'http') return 'http';
  if (renderer === 'browser') return 'browser';
  throw usageError(`--renderer ${renderer}: there is no such renderer. Use http or browser.`);
}

function nameAfter(url: string): string {
  return url.length <= MAX_NAME ? url : `${url.slice(0, MAX_NAME - 1)}…`;
}

function optionAt(path: readonly PropertyKey[]): string {
  const field = path.filter((part) => typeof part === 'string').join('.');
  return OPTION_OF[field] ?? field;
}

/** Whether a campaign's configuration is the wanted one already, so that no new revision is needed. */
export function isAsWanted(campaign: Campaign, wanted: WantedConfig): boolean {
  const { scope, politeness, sitemaps, mode, renderer, lanes } = campaign.config;
  return (
    mode === wanted.mode &&
    renderer === wanted.renderer &&
    lanes === wanted.lanes &&
    containsAll(scope, wanted.scope) &&
    containsAll(politeness, wanted.politeness) &&
    containsAll(sitemaps, wanted.sitemaps)
  );
}

function containsAll(actual: object, wanted: object): boolean {
  const values = new Map(Object.entries(actual));
  return Object.entries(wanted).every(
    ([field, value]) => JSON.stringify(values.get(field)) === JSON.stringify(value),
  );
}
