import { campaignConfig, campaignPatch } from '@outrider/shared/contract';
import { describe, expect, it } from 'vitest';
import {
  createRequestOf,
  errorsFrom,
  errorsOf,
  formValuesOf,
  newFormValues,
  patchRequestOf,
} from './form-values.js';

const VALUES = newFormValues('https://example.org/docs/');

describe('the form of a campaign', () => {
  it('begins with the defaults of the API, and a name from the address', () => {
    const { name, seeds, ...config } = createRequestOf(VALUES);
    expect([name, seeds]).toEqual(['example.org', ['https://example.org/docs/']]);
    expect(campaignConfig.parse(config)).toEqual(campaignConfig.parse({}));
    expect(errorsOf(VALUES, true)).toEqual({});
  });

  it('shows what a campaign has, and sends it back unchanged', () => {
    const config = campaignConfig.parse({
      mode: 'list',
      scope: { allow: ['/a', '/b'], deny: ['x'], maxPages: 7, stripParams: [] },
      sitemaps: { urls: ['https://example.org/sitemap.xml'] },
    });
    const patch = patchRequestOf(formValuesOf({ name: 'Docs', config }));
    expect(campaignPatch.safeParse(patch).success).toBe(true);
    expect(patch).toMatchObject({ name: 'Docs', mode: 'list' });
    expect(patch.scope).toMatchObject({ allow: ['/a', '/b'], deny: ['x'], maxPages: 7, stripParams: [] });
    expect(patch.sitemaps?.urls).toEqual(['https://example.org/sitemap.xml']);
  });

  it('names the field and the line that are wrong, before anything is sent', () => {
    const wrong = { ...VALUES, name: ' ', allow: '/ok\n(', maxPages: 0, userAgent: '' };
    const errors = errorsOf(wrong, true);
    expect(Object.keys(errors).sort()).toEqual(['allow', 'maxPages', 'name', 'userAgent']);
    expect(errors.allow).toMatch(/^Line 2: /);
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
    expect(errorsFrom(problems)).toEqual({
      seeds: 'Line 2: lies in a private network',
      sitemapUrls: 'Line 1: not an http URL',
      delayMs: 'too long',
    });
  });
});
