import type { ComparedPage, PageChange } from '@outrider/shared';
import { expect, it } from 'vitest';
import { describeChange } from './describe-change.js';

const page: ComparedPage = {
  ...{ statusCode: 200, redirectUrl: null, title: 'Docs', description: null, h1: null, canonicalUrl: null },
  ...{ indexable: true, indexabilityReason: null },
};
const base = { urlKey: 'k', url: 'https://x.org/', fields: [], before: null, after: null, instead: null };

it.each<[Partial<PageChange>, string]>([
  [{ kind: 'new', after: page }, '200 "Docs"'],
  [{ kind: 'new', after: { ...page, statusCode: 404, title: null } }, '404'],
  [{ kind: 'gone', before: page }, 'was 200 "Docs"; not found any more'],
  [
    {
      kind: 'gone',
      before: page,
      instead: { state: 'skipped', failureCode: null, skipReason: 'robots_txt' },
    },
    'was 200 "Docs"; now skipped: robots_txt',
  ],
  [
    {
      kind: 'changed',
      fields: ['status', 'title', 'indexability', 'text'],
      before: page,
      after: { ...page, statusCode: 301, title: null, indexable: false, indexabilityReason: 'redirect' },
    },
    'status 200 -> 301; title "Docs" -> none; indexability indexable -> redirect',
  ],
  [{ kind: 'changed', fields: ['text'], before: page, after: page }, ''],
])('%j is told as %s', (change, text) => {
  expect(describeChange({ ...base, kind: 'new', ...change })).toBe(text);
});
