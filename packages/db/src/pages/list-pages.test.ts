import { urlKey } from '@outrider/shared';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { fetched, type HeldLanes, holdLanes } from '../lanes/testing/held-lanes.js';
import type { FetchedPage } from '../records/settlement.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { listPages } from './list-pages.js';
import type { PageFilter } from './page-filter.js';
import { readPage } from './read-page.js';

const HASH = 'ab'.repeat(32);
const PAGES: Readonly<Record<string, Partial<FetchedPage>>> = {
  'http://list.test/good': {
    statusCode: 200,
    isHtml: true,
    title: 'Good',
    titleLength: 4,
    titlePixels: 49,
    description: 'Text',
    descriptionLength: 4,
    descriptionPixels: 27,
    indexable: true,
    indexabilityReason: null,
    mainTextHash: HASH,
    simhash: '-2',
    soft404Score: 0.25,
    response: JSON.stringify({ headers: [['x-frame-options', 'DENY'], ['odd'], 7] }),
  },
  'http://list.test/hidden': page(200, 'noindex', { isHtml: true, title: 'Hidden' }),
  'http://list.test/twin': page(200, 'canonicalised', { isHtml: true, title: 'Twin', soft404Score: 0.5 }),
  'http://list.test/file.pdf': page(200, 'non_html'),
  'http://list.test/untitled': page(200, null, { isHtml: true, title: null }),
  'http://list.test/moved': page(301, 'redirect'),
  'http://list.test/refreshed': page(200, 'redirect', { isHtml: true, title: 'Refreshed' }),
  'http://list.test/gone': page(404, 'client_error', { isHtml: true, title: null }),
  'http://list.test/broken': page(500, 'server_error', { isHtml: true, title: 'Broken' }),
};

function page(
  statusCode: number,
  indexabilityReason: FetchedPage['indexabilityReason'],
  more: Partial<FetchedPage> = {},
): Partial<FetchedPage> {
  return {
    statusCode,
    indexable: indexabilityReason === null,
    indexabilityReason,
    isHtml: false,
    title: null,
    ...more,
  };
}

let db: TestDatabase;
let lanes: HeldLanes;

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
  const config = { politeness: { maxConcurrencyPerHost: 20 } };
  lanes = await holdLanes(db, { seeds: Object.keys(PAGES), config });
  for (let left = Object.keys(PAGES).length; left > 0; ) {
    const { targets } = await lanes.claim(0);
    expect(targets.length).toBeGreaterThan(0);
    await lanes.commit(
      0,
      targets.map((target) => fetched(target, [], PAGES[target.url] ?? {})),
    );
    left -= targets.length;
  }
});
afterAll(() => db.drop());

async function listed(filter: Partial<PageFilter>): Promise<string[]> {
  const request = { executionId: lanes.executionId, sort: 'url_key', limit: 100, after: null } as const;
  const { items } = await lanes.within((tx) => listPages(tx, { ...request, ...filter }));
  return items.map(({ url }) => new URL(url).pathname).sort();
}

describe('the pages of an execution', () => {
  it.each([
    ['noindex', ['/hidden']],
    ['canonicalised', ['/twin']],
    ['non_html', ['/file.pdf']],
    ['no_response', []],
    ['redirect', ['/moved', '/refreshed']],
    ['client_error', ['/gone']],
    ['server_error', ['/broken']],
  ] as const)('are listed by why they are not indexable: %s', async (indexabilityReason, urls) => {
    expect(await listed({ indexabilityReason })).toEqual(urls);
  });

  it('are listed by whether they lack a title, or look like error pages', async () => {
    expect(await listed({ titleMissing: true })).toEqual(['/gone', '/untitled']);
    expect(await listed({ titleMissing: false })).toEqual([
      '/broken',
      '/good',
      '/hidden',
      '/refreshed',
      '/twin',
    ]);
    expect(await listed({ soft404: true })).toEqual(['/twin']);
    expect(await listed({ soft404: false })).toEqual(['/good']);
  });

  it('tell their measures, hashes, parts of the URL and security headers', async () => {
    const key = urlKey('http://list.test/good');
    expect(await lanes.within((tx) => readPage(tx, lanes.executionId, key))).toMatchObject({
      titleLength: 4,
      titlePixels: 49,
      descriptionLength: 4,
      descriptionPixels: 27,
      soft404Score: 0.25,
      mainTextHash: HASH,
      simhash: 'fffffffffffffffe',
      identity: { scheme: 'http', registrableDomain: 'list.test', pathDepth: 1, parameterCount: 0 },
      security: { xFrameOptions: 'DENY', strictTransportSecurity: null },
    });
  });
});
