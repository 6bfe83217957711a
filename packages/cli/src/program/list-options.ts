import { ROUTES, type Route, type RouteName } from '@outrider/shared';
import { type Command, Option } from 'commander';
import { ofContract, wholeNumber } from './option-values.js';

/** What each filter of the API's lists does; the options are made from the route table. */
const FILTER_HELP: Readonly<Record<string, string>> = {
  status: 'only those with this status (pages and errors: 404, or a class like 4xx)',
  name: 'only that of this exact name',
  nameContains: 'only names that contain this',
  since: 'only from this time on (ISO 8601, like 2026-01-31T12:00:00Z)',
  until: 'only before this time (ISO 8601)',
  by: 'a row for each day (UTC), or for each execution',
  from: 'only from this day on (like 2026-01-31, UTC)',
  to: 'only up to this day (UTC)',
  sort: 'order of the list',
  host: 'only URLs of this host, with its port where that is not the default',
  urlContains: 'only URLs that contain this',
  indexable: 'only pages that search engines may index, or only those they may not',
  indexabilityReason: 'only pages that search engines may not index for this reason',
  titleMissing: 'only HTML pages without a title, or only those with one',
  soft404: 'only pages that look like error pages in spite of their status, or only others',
  contentType: 'only answers whose content type begins with this, like application/pdf',
  html: 'only HTML pages, or only other files',
  depth: 'only URLs this many clicks from a start URL',
  direction: 'links that lead to the URL (in) or stand on it (out)',
  linkType: 'only links of this type, like hyperlink or image',
  outcome: 'only ticks with this outcome',
  executionId: 'only those of this execution',
  campaignId: 'only what concerns this campaign (id)',
  apiKeyId: 'only what was done with this key (id)',
  action: 'only this action, like campaign.update',
  subjectType: 'only changes of this kind of thing, like campaign',
  subjectId: 'only changes of the thing with this id',
  foundIn: 'only files that this named',
  set: 'which of the differences',
  errorType: 'only errors of this type',
  severity: 'only errors of this severity',
  errorCode: 'only errors with this code',
  resolved: 'only resolved errors, or only open ones',
  shouldCrawl: 'only URLs that were to be crawled, or only those that were not',
  skipReason: 'only URLs skipped for this reason',
  state: 'only those in this state',
  discoveryMethod: 'only URLs found in this way',
  kind: 'only pages that are new, gone or changed',
  field: 'only pages of which this has changed',
  isInternal: 'only URLs on the sites of the campaign, or only others',
};

/** What the value of a filter without choices must be, where the API takes less than any text. */
const EXPECTED: Readonly<Record<string, string>> = {
  status: 'a status like 404, or a class like 4xx',
  since: 'a time in ISO 8601, like 2026-01-31T12:00:00Z',
  until: 'a time in ISO 8601, like 2026-01-31T12:00:00Z',
  from: 'a day, like 2026-01-31',
  to: 'a day, like 2026-01-31',
  campaignId: 'the id of a campaign, as `campaigns` lists them',
  apiKeyId: 'the id of a key, as `keys` lists them',
  executionId: 'the id of an execution, as `executions <campaign>` lists them',
  depth: 'a whole number, 0 or more',
};

interface OwnFilter {
  /** The word for its value. */
  readonly value: string;
  readonly help: string;
  readonly expected: string;
}

/** Where a filter means something of its own on a list: what it does there, and what its value must be. */
const OF_ROUTE: Partial<Record<RouteName, Readonly<Record<string, OwnFilter>>>> = {
  listPageChanges: {
    since: {
      value: 'execution',
      help: 'the execution to compare with; the previous one unless given',
      expected: 'the id of an execution, as `executions <campaign>` lists them',
    },
  },
};

const PAGING = new Set(['cursor', 'limit']);

interface JsonSchema {
  readonly enum?: readonly unknown[];
}

/** The names of a list route's filters, as in its query. */
export function filterNames(name: RouteName): string[] {
  return Object.keys(querySchemas(name)).filter((key) => !PAGING.has(key));
}

/** Adds to a command every filter of a list route, paging and `--json`. */
export function addListOptions(command: Command, name: RouteName): Command {
  const schemas = querySchemas(name);
  for (const key of filterNames(name)) {
    const choices = (schemas[key]?.enum ?? []).map(String);
    const own = OF_ROUTE[name]?.[key];
    const value = choices.length === 0 ? `<${own?.value ?? placeholder(key)}>` : '<choice>';
    const option = new Option(`--${kebab(key)} ${value}`, own?.help ?? FILTER_HELP[key] ?? key);
    command.addOption(choices.length === 0 ? checked(option, name, key) : option.choices(choices));
  }
  return command
    .option('--limit <n>', 'most rows to show', wholeNumber(1), 50)
    .option('--all', 'show every row', false)
    .option('--cursor <cursor>', 'go on where an earlier list ended')
    .option('--json', 'print one JSON document', false);
}

/** An option whose value is checked here, so that what is wrong with it is said in terms of the option. */
function checked(option: Option, name: RouteName, key: string): Option {
  const { query }: Route = ROUTES[name];
  const schema = query?.shape[key];
  if (schema === undefined) return option;
  return option.argParser(
    ofContract(schema, OF_ROUTE[name]?.[key]?.expected ?? EXPECTED[key] ?? 'text of 1 to 500 characters'),
  );
}

/** The filters that were given, as the query of the route. */
export function filtersOf(
  name: RouteName,
  options: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const given = filterNames(name).filter((key) => options[key] !== undefined);
  return Object.fromEntries(given.map((key) => [key, String(options[key])]));
}

function querySchemas(name: RouteName): Readonly<Record<string, JsonSchema>> {
  const { query }: Route = ROUTES[name];
  return (query?.toJSONSchema({ io: 'input' }).properties ?? {}) as Readonly<Record<string, JsonSchema>>;
}

function kebab(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function placeholder(key: string): string {
  return key === 'since' || key === 'until' ? 'time' : (kebab(key).split('-').at(-1) ?? key);
}
