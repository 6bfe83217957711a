import { BLOCKABLE_RESOURCES, type BlockableResource, CAMPAIGN_LIMITS } from '@outrider/shared/contract';

interface FieldBase {
  /** Where it is in the configuration: `scope.maxPages`. */
  readonly path: string;
  readonly label: string;
  /** What it does, or when it matters. The unit and the default are told beside it. */
  readonly hint?: string;
}

export interface NumberField extends FieldBase {
  readonly kind: 'number';
  readonly min: number;
  readonly max: number;
  readonly unit?: string;
  /** What an empty field means, where it may be empty: it stands for null. */
  readonly emptyMeans?: string;
  /** Shown as so many times what is stored: 100 for a share in per cent. */
  readonly scale?: number;
}

export interface SwitchField extends FieldBase {
  readonly kind: 'switch';
}

/** A list of which each line is one. */
export interface LinesField extends FieldBase {
  readonly kind: 'lines';
}

export interface TextField extends FieldBase {
  readonly kind: 'text';
}

/** Names and values, `Name: value`, one a line. */
export interface HeadersField extends FieldBase {
  readonly kind: 'headers';
}

export interface ChoiceField extends FieldBase {
  readonly kind: 'choice';
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

/** Any number of some values. */
export interface SeveralField extends FieldBase {
  readonly kind: 'several';
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

export type ConfigField =
  | NumberField
  | SwitchField
  | LinesField
  | TextField
  | HeadersField
  | ChoiceField
  | SeveralField;

export interface ConfigSection {
  readonly name: string;
  readonly label: string;
  readonly fields: readonly ConfigField[];
}

const { maxPages } = CAMPAIGN_LIMITS;
const RESOURCES: Readonly<Record<BlockableResource, string>> = {
  ...{ image: 'images', font: 'fonts', media: 'sound and video', stylesheet: 'style sheets' },
};
const guard = (path: string, label: string, hint: string): NumberField => ({
  ...{ kind: 'number', path: `traps.${path}`, label, hint, min: 0, max: maxPages },
});

/** What most campaigns set: always in sight. */
export const BASIC_FIELDS: readonly ConfigField[] = [
  {
    ...{ kind: 'choice', path: 'mode', label: 'Mode', hint: 'What is crawled from the seeds' },
    options: [
      { value: 'spider', label: 'Spider: follow links' },
      { value: 'list', label: 'List: only the seeds' },
      { value: 'sitemap', label: 'Sitemap: what sitemaps name' },
    ],
  },
  {
    ...{ kind: 'choice', path: 'scope.within', label: 'Scope', hint: 'How far links are followed' },
    options: [
      { value: 'host', label: 'The same host' },
      { value: 'domain', label: 'The domain with its subdomains' },
      { value: 'prefix', label: 'Below the folder of the seed' },
      { value: 'any', label: 'Anywhere' },
    ],
  },
  { kind: 'number', path: 'scope.maxPages', label: 'Pages at most', min: 1, max: maxPages },
  {
    ...{ kind: 'number', path: 'scope.maxDepth', label: 'Clicks from a seed at most' },
    ...{ min: 0, max: CAMPAIGN_LIMITS.maxDepth },
  },
  {
    ...{ kind: 'choice', path: 'renderer', label: 'How pages are read', hint: 'A browser is far slower' },
    options: [
      { value: 'http', label: 'As they are sent (fast)' },
      { value: 'browser', label: 'Rendered in a browser' },
    ],
  },
];

const SCOPE: ConfigSection = {
  ...{ name: 'scope', label: 'Scope: which URLs are in' },
  fields: [
    {
      ...{ kind: 'lines', path: 'scope.allow', label: 'Only URLs that match' },
      hint: 'Regular expressions (RE2), one a line; none: all',
    },
    {
      ...{ kind: 'lines', path: 'scope.deny', label: 'No URLs that match' },
      hint: 'Regular expressions (RE2), one a line',
    },
    {
      ...{ kind: 'lines', path: 'scope.stripParams', label: 'Parameters taken out of URLs' },
      hint: 'One a line; * stands for anything: utm_*',
    },
    {
      ...{ kind: 'switch', path: 'scope.sortParams', label: 'Parameters in another order are the same URL' },
    },
    {
      ...{ kind: 'switch', path: 'scope.includeVariants', label: 'The site’s other names are in, too' },
      hint: 'With and without www, by http and by https',
    },
    { kind: 'switch', path: 'scope.followNofollow', label: 'Follow links that are marked nofollow' },
  ],
};

const LIMITS: ConfigSection = {
  ...{ name: 'limits', label: 'Limits: what ends an execution' },
  fields: [
    {
      ...{ kind: 'number', path: 'scope.maxDurationSeconds', label: 'Longest duration', unit: 's' },
      ...{ min: 1, max: CAMPAIGN_LIMITS.maxDurationSeconds },
    },
    {
      ...{ kind: 'number', path: 'scope.maxBytes', label: 'Bytes at most', unit: 'B' },
      ...{ min: 0, max: CAMPAIGN_LIMITS.maxBytes, hint: 'Of pages as received; 0: no limit' },
    },
    {
      ...{ kind: 'number', path: 'limits.errorRate.share', label: 'Share of failures at most', unit: '%' },
      ...{ min: 0.1, max: 100, scale: 100, emptyMeans: 'no such limit' },
      hint: 'URLs without an answer, and answers of 4xx and 5xx',
    },
    {
      ...{ kind: 'number', path: 'limits.errorRate.minPages', label: 'Counted from' },
      ...{ unit: 'pages', min: 1, max: maxPages },
      hint: 'Fewer pages say nothing about the share of failures',
    },
    {
      ...{ kind: 'choice', path: 'limits.errorRate.action', label: 'With more failures than that' },
      options: [
        { value: 'pause', label: 'Pause it' },
        { value: 'stop', label: 'Stop it' },
      ],
    },
  ],
};

const POLITENESS: ConfigSection = {
  ...{ name: 'politeness', label: 'Politeness and identity: how the site is treated' },
  fields: [
    { kind: 'switch', path: 'politeness.obeyRobots', label: 'Obey robots.txt' },
    {
      ...{ kind: 'number', path: 'politeness.maxConcurrencyPerHost', label: 'Fetches of a host at a time' },
      ...{ min: 1, max: CAMPAIGN_LIMITS.maxConcurrencyPerHost },
    },
    {
      ...{ kind: 'number', path: 'politeness.delayMs', label: 'Least time between two fetches', unit: 'ms' },
      ...{ min: 0, max: CAMPAIGN_LIMITS.delayMs, hint: 'A longer Crawl-delay of robots.txt holds' },
    },
    { kind: 'text', path: 'politeness.userAgent', label: 'User agent' },
    {
      ...{ kind: 'text', path: 'politeness.robotsToken', label: 'Token in robots.txt' },
      hint: 'The name whose rules are obeyed',
    },
    {
      ...{ kind: 'headers', path: 'fetch.headers', label: 'Further request headers' },
      hint: 'Name: value, one a line. Their values are shown to those alone who may change them',
    },
  ],
};

const FETCHING: ConfigSection = {
  ...{ name: 'fetch', label: 'Fetching and recrawling' },
  fields: [
    {
      ...{ kind: 'number', path: 'fetch.timeoutMs', label: 'Time for one answer', unit: 'ms' },
      ...{ min: 1_000, max: 600_000 },
    },
    {
      ...{ kind: 'number', path: 'fetch.maxBodyBytes', label: 'Largest page', unit: 'B' },
      ...{ min: 1_024, max: 104_857_600 },
    },
    {
      ...{ kind: 'number', path: 'fetch.maxRedirects', label: 'Redirects in a row', min: 0, max: 20 },
    },
    { kind: 'number', path: 'fetch.retries', label: 'Tries after the first', min: 0, max: 10 },
    {
      ...{ kind: 'switch', path: 'fetch.conditional' },
      label: 'Ask only for what has changed since the last execution',
      hint: 'Pages that have not changed keep what was recorded of them',
    },
  ],
};

const SITEMAPS: ConfigSection = {
  ...{ name: 'sitemaps', label: 'Sitemaps' },
  fields: [
    { kind: 'switch', path: 'sitemaps.fromRobots', label: 'Read the sitemaps that robots.txt names' },
    { kind: 'lines', path: 'sitemaps.urls', label: 'Further sitemaps', hint: 'One address a line' },
  ],
};

const BROWSER: ConfigSection = {
  ...{ name: 'browser', label: 'Browser: where pages are rendered' },
  fields: [
    {
      ...{ kind: 'several', path: 'browser.blockResources', label: 'Left out when a page is loaded' },
      options: BLOCKABLE_RESOURCES.map((value) => ({ value, label: RESOURCES[value] })),
    },
    {
      ...{ kind: 'number', path: 'browser.waitMs', label: 'Waited for after a page has loaded' },
      ...{ unit: 'ms', min: 0, max: 30_000, hint: 'Less, when it has nothing left to do' },
    },
    {
      ...{ kind: 'number', path: 'browser.timeoutMs', label: 'Time for rendering one page', unit: 'ms' },
      ...{ min: 1_000, max: 120_000 },
    },
    { kind: 'switch', path: 'browser.screenshot', label: 'Keep a screenshot of each page' },
  ],
};

const TRAPS: ConfigSection = {
  ...{ name: 'traps', label: 'Guards against sites without end (0: off)' },
  fields: [
    guard(
      'repeatedSegments',
      'Repeated path segments',
      'So often in a row: /a/b/a/b/a/b. 1 is no repetition',
    ),
    guard('maxPathSegments', 'Path segments at most', 'Deeper paths are left out'),
    guard('maxPerDatePattern', 'URLs that differ by a date', 'Of one pattern, as calendars have'),
    guard('maxPerNumberPattern', 'URLs that differ by a number', 'Of one pattern, as catalogues have'),
    guard('maxQueryCombinations', 'Combinations of parameters', 'Of one path, as filters of shops have'),
    guard('maxHostsPerDomain', 'Hosts of one domain', 'Where the scope goes beyond the host'),
    guard('maxDuplicates', 'Pages with the same text', 'Of one pattern'),
  ],
};

const HISTORY: ConfigSection = {
  ...{ name: 'history', label: 'History, workers and priority' },
  fields: [
    {
      ...{ kind: 'number', path: 'history.keepExecutions', label: 'Executions kept' },
      ...{ min: 0, max: 1_000_000, emptyMeans: 'as the platform is set', hint: '0: all' },
    },
    {
      ...{ kind: 'number', path: 'history.keepDays', label: 'Kept for', unit: 'days' },
      ...{ min: 0, max: 36_500, emptyMeans: 'as the platform is set', hint: '0: for ever' },
    },
    {
      ...{ kind: 'number', path: 'lanes', label: 'Lanes', hint: 'Workers that crawl it side by side' },
      ...{ min: 1, max: CAMPAIGN_LIMITS.lanes },
    },
    {
      ...{ kind: 'choice', path: 'priority', label: 'Priority' },
      hint: 'Who comes first when workers are full',
      options: [
        { value: 'urgent', label: 'Urgent' },
        { value: 'normal', label: 'Normal' },
        { value: 'backfill', label: 'Backfill: when there is room' },
      ],
    },
  ],
};

/** What fewer campaigns set, folded away. */
export const FOLDED_SECTIONS: readonly ConfigSection[] = [
  SCOPE,
  LIMITS,
  POLITENESS,
  FETCHING,
  SITEMAPS,
  BROWSER,
  TRAPS,
  HISTORY,
];

/** Every setting of a campaign. */
export const CONFIG_FIELDS: readonly ConfigField[] = [
  ...BASIC_FIELDS,
  ...FOLDED_SECTIONS.flatMap(({ fields }) => fields),
];
