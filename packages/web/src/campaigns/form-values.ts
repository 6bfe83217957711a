import {
  type Campaign,
  type CampaignConfig,
  type CampaignCreateInput,
  type CampaignPatch,
  campaignConfig,
  campaignCreate,
} from '@outrider/shared/contract';
import { linesOf, textLinesOf } from '../display/text-lines.js';
import { CONFIG_FIELDS, type ConfigField } from './config-fields.js';
import { placeAt, valueAt } from './paths.js';

/**
 * What the form holds: the groups and names of a configuration, lists as text with a line each, since that is how people
 * write and paste them.
 */
export interface CampaignFormValues extends Readonly<Record<string, unknown>> {
  readonly name: string;
  readonly seeds: string;
}

const DEFAULTS = campaignConfig.parse({});
/** What the particulars of this limit are until there is one. */
const ERROR_RATE = { share: null, minPages: 100, action: 'pause' };

/** The form of a new campaign. */
export function newFormValues(url: string): CampaignFormValues {
  return { name: nameFor(url), seeds: url, ...inputsOf(DEFAULTS) };
}

/** The form of a campaign that there is; its seeds have a list of their own. */
export function formValuesOf({ name, config }: Pick<Campaign, 'name' | 'config'>): CampaignFormValues {
  return { name, seeds: '', ...inputsOf(config) };
}

function nameFor(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}

function inputsOf(config: CampaignConfig): Record<string, unknown> {
  const whole = withErrorRate(config);
  const inputs: Record<string, unknown> = {};
  for (const field of CONFIG_FIELDS) placeAt(inputs, field.path, toInput(field, valueAt(whole, field.path)));
  return inputs;
}

function withErrorRate(config: CampaignConfig): object {
  return { ...config, limits: { errorRate: config.limits.errorRate ?? ERROR_RATE } };
}

/** A value of the configuration as a field of the form holds it. */
function toInput(field: ConfigField, value: unknown): unknown {
  switch (field.kind) {
    case 'lines':
      return (value as readonly string[]).join('\n');
    case 'headers':
      return Object.entries(value as Readonly<Record<string, string>>)
        .map(([name, text]) => `${name}: ${text}`)
        .join('\n');
    case 'number':
      return value === null ? '' : rounded((value as number) * (field.scale ?? 1));
    case 'several':
      return [...(value as readonly string[])];
    case 'switch':
    case 'text':
    case 'choice':
      return value;
  }
}

/** What a field of the form holds as a value of the configuration. What is not of its kind is left for the schema to refuse. */
function fromInput(field: ConfigField, input: unknown): unknown {
  switch (field.kind) {
    case 'lines':
      return linesOf(String(input));
    case 'headers':
      return headersOf(String(input));
    case 'number':
      if (input === '' && field.emptyMeans !== undefined) return null;
      return typeof input === 'number' ? rounded(input / (field.scale ?? 1)) : input;
    case 'several':
    case 'switch':
    case 'text':
    case 'choice':
      return input;
  }
}

/** Without the noise of binary fractions: 0.07 × 100 is 7. */
function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

/** Headers by their names. A line without a colon is a name without a value, which the schema judges. */
function headersOf(text: string): Record<string, string> {
  return Object.fromEntries(
    linesOf(text).map((line) => {
      const colon = line.indexOf(':');
      return colon < 0 ? [line, ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    }),
  );
}

/** The configuration that the form describes: every setting. Its shape is the form's word, which the schema checks. */
function configOf(values: CampaignFormValues): CampaignConfig {
  const config: Record<string, unknown> = {};
  for (const field of CONFIG_FIELDS) {
    placeAt(config, field.path, fromInput(field, valueAt(values, field.path)));
  }
  if (valueAt(config, 'limits.errorRate.share') === null) placeAt(config, 'limits.errorRate', null);
  return config as CampaignConfig;
}

/** The campaign that the form describes. */
export function createRequestOf(values: CampaignFormValues): CampaignCreateInput {
  return { name: values.name, seeds: linesOf(values.seeds), ...configOf(values) };
}

/** The change that the form describes: every setting, group by group. */
export function patchRequestOf(values: CampaignFormValues): CampaignPatch {
  return { name: values.name, ...configOf(values) };
}

/** Whether a setting is something else than its default. */
export function isOwn(field: ConfigField, values: CampaignFormValues): boolean {
  return JSON.stringify(defaultInput(field)) !== JSON.stringify(valueAt(values, field.path));
}

/** The default of a setting as its field of the form would show it. */
export function defaultInput(field: ConfigField): unknown {
  return toInput(field, valueAt(withErrorRate(DEFAULTS), field.path));
}

/** Field of the form for a path of the API's body: `scope.maxPages`, `seeds.3`, `sitemaps.urls.0`, `fetch.headers.X-A`. */
function fieldOf(path: string): string {
  const field = CONFIG_FIELDS.find((one) => path === one.path || path.startsWith(`${one.path}.`));
  if (field !== undefined) return field.path;
  return path.split('.', 1)[0] ?? '';
}

/** What is wrong, by the path of the field. */
export type FormErrors = Readonly<Record<string, string>>;

/** What is wrong with the form, by the very schema that the API holds it against; empty when nothing is. */
export function errorsOf(values: CampaignFormValues, isNew: boolean): FormErrors {
  const request = createRequestOf(values);
  const parsed = campaignCreate.safeParse(isNew ? request : { ...request, seeds: ['-'] });
  if (parsed.success) return {};
  const problems = parsed.error.issues.map((issue) => {
    // Of a header's name zod says by itself only that it is wrong; why, stands inside.
    const [inner] = issue.code === 'invalid_key' ? issue.issues : [];
    return { path: issue.path.join('.'), message: inner?.message ?? issue.message };
  });
  return errorsFrom(problems, values);
}

/** Problems with what the form held, by the field that they are about: the first of each, with the line it is in. */
export function errorsFrom(
  problems: readonly { readonly path: string; readonly message: string }[],
  values: CampaignFormValues,
): FormErrors {
  const errors: Record<string, string> = {};
  for (const { path, message } of problems) {
    const field = fieldOf(path);
    const within = path.slice(field.length + 1);
    errors[field] ??= within === '' ? message : `${placeInWords(within, valueAt(values, field))}: ${message}`;
  }
  return errors;
}

/** Which line it is, as one counts them in the field; a name stands for itself. */
function placeInWords(within: string, input: unknown): string {
  if (!/^\d+$/.test(within)) return within;
  const line = textLinesOf(String(input))[Number(within)];
  return `Line ${line?.number ?? Number(within) + 1}`;
}
