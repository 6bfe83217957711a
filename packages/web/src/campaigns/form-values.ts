import {
  type Campaign,
  type CampaignConfig,
  type CampaignCreateInput,
  type CampaignPatch,
  campaignConfig,
  campaignCreate,
} from '@outrider/shared/contract';

/** What the form holds: lists as text with a line each, since that is how people write and paste them. */
export interface CampaignFormValues {
  readonly name: string;
  readonly seeds: string;
  readonly mode: CampaignConfig['mode'];
  readonly renderer: CampaignConfig['renderer'];
  readonly priority: CampaignConfig['priority'];
  readonly lanes: number;
  readonly within: CampaignConfig['scope']['within'];
  readonly allow: string;
  readonly deny: string;
  readonly maxDepth: number;
  readonly maxPages: number;
  readonly maxDurationSeconds: number;
  readonly stripParams: string;
  readonly obeyRobots: boolean;
  readonly maxConcurrencyPerHost: number;
  readonly delayMs: number;
  readonly userAgent: string;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly conditional: boolean;
  readonly fromRobots: boolean;
  readonly sitemapUrls: string;
}

const DEFAULTS = campaignConfig.parse({});

/** The form of a new campaign. */
export function newFormValues(url: string): CampaignFormValues {
  return { name: nameFor(url), seeds: url, ...configValues(DEFAULTS) };
}

/** The form of a campaign that there is; its seeds have a list of their own. */
export function formValuesOf({ name, config }: Pick<Campaign, 'name' | 'config'>): CampaignFormValues {
  return { name, seeds: '', ...configValues(config) };
}

function nameFor(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}

function configValues(config: CampaignConfig): Omit<CampaignFormValues, 'name' | 'seeds'> {
  const { scope, politeness, fetch, sitemaps, mode, renderer, priority, lanes } = config;
  return {
    mode,
    renderer,
    priority,
    lanes,
    within: scope.within,
    allow: scope.allow.join('\n'),
    deny: scope.deny.join('\n'),
    maxDepth: scope.maxDepth,
    maxPages: scope.maxPages,
    maxDurationSeconds: scope.maxDurationSeconds,
    stripParams: scope.stripParams.join('\n'),
    obeyRobots: politeness.obeyRobots,
    maxConcurrencyPerHost: politeness.maxConcurrencyPerHost,
    delayMs: politeness.delayMs,
    userAgent: politeness.userAgent,
    timeoutMs: fetch.timeoutMs,
    retries: fetch.retries,
    conditional: fetch.conditional,
    fromRobots: sitemaps.fromRobots,
    sitemapUrls: sitemaps.urls.join('\n'),
  };
}

/** Lines of a text area, without empty ones and the space around them. */
export function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** The part of a configuration that the form knows. */
function configOf(values: CampaignFormValues) {
  return {
    mode: values.mode,
    renderer: values.renderer,
    priority: values.priority,
    lanes: values.lanes,
    scope: {
      within: values.within,
      allow: linesOf(values.allow),
      deny: linesOf(values.deny),
      maxDepth: values.maxDepth,
      maxPages: values.maxPages,
      maxDurationSeconds: values.maxDurationSeconds,
      stripParams: linesOf(values.stripParams),
    },
    politeness: {
      obeyRobots: values.obeyRobots,
      maxConcurrencyPerHost: values.maxConcurrencyPerHost,
      delayMs: values.delayMs,
      userAgent: values.userAgent,
    },
    fetch: { timeoutMs: values.timeoutMs, retries: values.retries, conditional: values.conditional },
    sitemaps: { fromRobots: values.fromRobots, urls: linesOf(values.sitemapUrls) },
  };
}

/** The campaign that the form describes. */
export function createRequestOf(values: CampaignFormValues): CampaignCreateInput {
  return { name: values.name, seeds: linesOf(values.seeds), ...configOf(values) };
}

/** The change that the form describes: every field that it knows, group by group. */
export function patchRequestOf(values: CampaignFormValues): CampaignPatch {
  return { name: values.name, ...configOf(values) };
}

/** Field of the form for a path of the API's body: `scope.maxPages`, `seeds.3`, `sitemaps.urls.0`. */
function fieldOf(path: string): keyof CampaignFormValues {
  const [first = '', second = ''] = path.split('.');
  if (first === 'sitemaps' && second === 'urls') return 'sitemapUrls';
  const groups = ['scope', 'politeness', 'fetch', 'sitemaps'];
  return (groups.includes(first) ? second : first) as keyof CampaignFormValues;
}

export type FormErrors = Partial<Record<keyof CampaignFormValues, string>>;

/** What is wrong with the form, by the very schema that the API holds it against; empty when nothing is. */
export function errorsOf(values: CampaignFormValues, isNew: boolean): FormErrors {
  const request = createRequestOf(values);
  const parsed = campaignCreate.safeParse(isNew ? request : { ...request, seeds: ['-'] });
  if (parsed.success) return {};
  return errorsFrom(parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })));
}

/** Problems by the field of the form that they are about: the first of each, with the line it is in. */
export function errorsFrom(
  problems: readonly { readonly path: string; readonly message: string }[],
): FormErrors {
  const errors: FormErrors = {};
  for (const { path, message } of problems) {
    const field = fieldOf(path);
    const index = /\.(\d+)$/.exec(path)?.[1];
    errors[field] ??= index === undefined ? message : `Line ${Number(index) + 1}: ${message}`;
  }
  return errors;
}
