import { campaignConfig, campaignPatch } from '@outrider/shared/contract';
import { describe, expect, it } from 'vitest';
import { CONFIG_FIELDS } from './config-fields.js';
import {
  createRequestOf,
  errorsFrom,
  errorsOf,
  formValuesOf,
  isOwn,
  newFormValues,
  patchRequestOf,
} from './form-values.js';
import { placeAt } from './paths.js';

const VALUES = newFormValues('https://example.org/docs/');

/** The form with another input at a path. */
function withInput(path: string, input: unknown): typeof VALUES {
  const values = structuredClone(VALUES);
  placeAt(values, path, input);
  return values;
}

/** Where the settings of a configuration are; lists and headers are one setting each. */
function settingsOf(value: unknown, path = ''): string[] {
  if (path === 'fetch.headers' || typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [path];
  }
  return Object.entries(value).flatMap(([name, inner]) =>
    settingsOf(inner, path === '' ? name : `${path}.${name}`),
  );
}

describe('the form of a campaign', () => {
  it('begins with the defaults of the API, and a name from the address', () => {
    const { name, seeds, ...config } = createRequestOf(VALUES);
    expect([name, seeds]).toEqual(['example.org', ['https://example.org/docs/']]);
    expect(campaignConfig.parse(config)).toEqual(campaignConfig.parse({}));
    expect(errorsOf(VALUES, true)).toEqual({});
    expect(CONFIG_FIELDS.filter((field) => isOwn(field, VALUES))).toEqual([]);
  });

  it('has a field for every setting of the schema, and none besides', () => {
    const whole = campaignConfig.parse({ limits: { errorRate: { share: 0.5 } } });
    expect(CONFIG_FIELDS.map(({ path }) => path).sort()).toEqual(settingsOf(whole).sort());
  });

  it('shows what a campaign has, and sends all of it back unchanged', () => {
    const config = campaignConfig.parse({
      mode: 'list',
      renderer: 'browser',
      scope: {
        allow: ['/a', '/b'],
        deny: ['x'],
        maxPages: 7,
        stripParams: [],
        sortParams: true,
        maxBytes: 5,
      },
      limits: { errorRate: { share: 0.07, minPages: 20, action: 'stop' } },
      traps: { maxPathSegments: 0 },
      politeness: { robotsToken: 'Other' },
      fetch: { headers: { 'X-A': 'b: c', Cookie: 'd' }, maxBodyBytes: 2_048 },
      sitemaps: { urls: ['https://example.org/sitemap.xml'] },
      browser: { blockResources: ['font'], screenshot: true },
      history: { keepExecutions: 0, keepDays: 30 },
    });
    const patch = patchRequestOf(formValuesOf({ name: 'Docs', config }));
    expect(campaignPatch.safeParse(patch).success).toBe(true);
    const { name, ...sent } = patch;
    expect(name).toBe('Docs');
    expect(sent).toEqual(config);
  });

  it('a number left empty stands for nothing set, and where there must be one it is refused', () => {
    const patch = patchRequestOf(withInput('history.keepDays', ''));
    expect([patch.history?.keepDays, patch.limits?.errorRate]).toEqual([null, null]);
    expect(Object.keys(errorsOf(withInput('scope.maxPages', ''), true))).toEqual(['scope.maxPages']);
  });

  it.each([
    ['scope.allow', '/ok\n(', /^Line 2: /],
    ['scope.maxPages', 0, /./],
    ['politeness.userAgent', '', /./],
    ['fetch.headers', 'X-A: b\nHost: c', /^Host: this header is set by the crawler/],
    ['limits.errorRate.share', 101, /./],
    ['traps.repeatedSegments', 1, /once is no repetition/],
  ])('names %s of %j as what is wrong, before anything is sent', (path, input, message) => {
    const errors = errorsOf(withInput(path, input), true);
    expect(Object.keys(errors)).toEqual([path]);
    expect(errors[path]).toMatch(message);
  });

  it('asks a new campaign for seeds, and one that exists for none', () => {
    expect(errorsOf({ ...VALUES, seeds: '\n ' }, true)).toHaveProperty('seeds');
    expect(errorsOf({ ...VALUES, seeds: '' }, false)).toEqual({});
  });

  it("puts the API's problems to the fields that they are about", () => {
    const problems = [
      { path: 'seeds.1', message: 'lies in a private network' },
      { path: 'sitemaps.urls.0', message: 'not an http URL' },
      { path: 'politeness.delayMs', message: 'too long' },
    ];
    const values = { ...VALUES, seeds: 'https://example.org/\n\n  \nhttp://10.0.0.1/\n' };
    expect(errorsFrom(problems, values)).toEqual({
      seeds: 'Line 4: lies in a private network',
      'sitemaps.urls': 'Line 1: not an http URL',
      'politeness.delayMs': 'too long',
    });
  });
});
