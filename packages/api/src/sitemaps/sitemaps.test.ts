import { indexInlinks, storeSitemapDifferences } from '@outrider/db';
import { newId, urlKey } from '@outrider/shared';
import { beforeAll, describe, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { type PlantedSite, plantSite } from '../testing/plant-site.js';
import type { AnswerBody } from '../testing/start-test-api.js';

const api = oneApiPerFile();
const INDEX = 'https://a.test/sitemaps.xml';
const FILE = 'https://a.test/s1.xml';
const NAMED = ['https://a.test/slow', 'https://a.test/new', 'https://a.test/later', 'https://c.test/'];
let site: PlantedSite;

beforeAll(async () => {
  site = await plantSite(api());
  const { tenantId } = api().db;
  const { executionId, campaignId } = site;
  await api().db.app.withTenant(tenantId, async ({ sql }) => {
    const [indexId, fileId] = [newId(), newId()];
    for (const [id, url, parent, state, error] of [
      [indexId, INDEX, null, 'read', null],
      [fileId, FILE, indexId, 'read', null],
      [newId(), 'https://a.test/gone.xml', indexId, 'failed', 'http_404'],
    ] as const) {
      await sql`
        insert into execution_sitemaps (id, tenant_id, execution_id, campaign_id, url, url_key, host, parent_id, found_in,
          depth, state, settled_at, error_code, dropped)
        values (${id}, ${tenantId}, ${executionId}, ${campaignId}, ${url}, ${urlKey(url)}, 'a.test', ${parent},
          ${parent === null ? 'robots' : 'index'}, ${parent === null ? 0 : 1}, ${state}, now(), ${error}, '{"duplicate": 2}')`;
    }
    for (const url of NAMED) {
      await sql`
        insert into sitemap_urls (execution_id, url_key, sitemap_id, tenant_id, lastmod)
        values (${executionId}, ${urlKey(url)}, ${fileId}, ${tenantId}, '2026-01-02T03:04:05Z')`;
    }
    await sql`
      update sitemap_urls set changefreq = 'daily', priority = 0.8, alternates = '[{"hreflang": "de", "href": "/langsam"}]'
      where execution_id = ${executionId} and url_key = ${urlKey('https://a.test/slow')}`;
  });
});

const get = (path: string, key?: string) =>
  api().call('GET', `/executions/${site.executionId}/${path}`, key === undefined ? {} : { key });
const urlsOf = ({ items }: Pick<AnswerBody, 'items'>): string[] =>
  items.map((item) => String(item['url'])).sort();

describe('the sitemaps of an execution', () => {
  it('are listed with what named them and what became of them', async () => {
    const { status, body } = await get('sitemaps');
    expect(status).toBe(200);
    expect(body.items).toMatchObject([
      { url: INDEX, parentUrl: null, foundIn: 'robots', state: 'read', dropped: { duplicate: 2 } },
      { url: FILE, parentUrl: INDEX, foundIn: 'index', state: 'read' },
      { url: 'https://a.test/gone.xml', state: 'failed', errorCode: 'http_404' },
    ]);
  });

  it('are filtered and paged', async () => {
    expect((await get('sitemaps?state=failed')).body.items).toHaveLength(1);
    expect((await get('sitemaps?foundIn=robots')).body.items).toHaveLength(1);
    const first = (await get('sitemaps?limit=2')).body;
    const rest = (await get(`sitemaps?limit=2&cursor=${first.nextCursor}`)).body;
    expect([first.items.length, rest.items.length, rest.nextCursor]).toEqual([2, 1, null]);
  });

  it('are nobody else’s', async () => {
    const { foreign } = api().keys;
    expect((await get('sitemaps', foreign)).status).toBe(404);
    expect((await get('sitemap-comparison', foreign)).status).toBe(404);
  });
});

describe('what a sitemap says of a URL', () => {
  const plain = {
    sitemapUrl: FILE,
    lastmod: '2026-01-02T03:04:05.000Z',
    changefreq: null,
    priority: null,
    alternates: [],
  };

  it('stands in the record of its page, beside how it was found first', async () => {
    const { body } = await get(`pages/${site.keyOf('/slow')}`);
    expect(body).toMatchObject({
      discovery: { discoveryMethod: 'link', sourceUrl: 'https://a.test/', urlDepth: 1 },
      sitemaps: [
        {
          ...plain,
          changefreq: 'daily',
          priority: 0.8,
          alternates: [{ hreflang: 'de', href: '/langsam' }],
        },
      ],
    });
    expect((await get(`pages/${site.keyOf('/missing')}`)).body['sitemaps']).toEqual([]);
  });

  it('is part of the explanation of a URL, fetched or not', async () => {
    const explain = async (url: string) => (await get(`explain?url=${url}`)).body;
    expect(await explain('https://c.test/')).toMatchObject({ outcome: 'skipped', sitemaps: [plain] });
    expect(await explain('https://a.test/never')).toMatchObject({ outcome: 'unknown', sitemaps: [] });
  });
});

/** Both differences, a slice of one at a time. */
async function compare() {
  const read = async (set: string) => {
    const items: AnswerBody[] = [];
    let cursor = '';
    do {
      const { body } = await get(`sitemap-comparison?limit=1&set=${set}${cursor}`);
      items.push(...body.items);
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
      expect(body['totals']).toBeNull();
      isFinal = body['final'] === true;
    } while (cursor !== '');
    return items;
  };
  let isFinal = false;
  const named = await read('in_sitemap_not_linked');
  const linked = await read('linked_not_in_sitemap');
  return { named, linked, isFinal };
}

describe('the comparison of sitemaps and links', () => {
  it('goes by how each URL was found first while the execution runs, and says so', async () => {
    const { named, linked, isFinal } = await compare();
    expect(isFinal).toBe(false);
    // All were found by a link or a redirect, whatever the pages' links say.
    expect(named).toEqual([]);
    expect(urlsOf({ items: linked })).toEqual([
      ...['https://a.test/away', 'https://a.test/dead', 'https://a.test/loop1', 'https://a.test/loop2'],
      ...[
        'https://a.test/missing',
        'https://a.test/old',
        'https://a.test/private',
        'https://files.test/doc.pdf',
      ],
    ]);
  });

  it.each([
    ['once the links are indexed', indexInlinks],
    ['once the differences are stored', storeSitemapDifferences],
  ])('goes by the links of the pages %s', async (_when, prepare) => {
    await api().db.system.withSystem((tx) => prepare(tx, site.executionId));
    const { named, linked, isFinal } = await compare();
    expect(isFinal).toBe(true);
    expect(urlsOf({ items: named })).toEqual(['https://a.test/later', 'https://a.test/new']);
    expect(urlsOf({ items: linked })).toEqual(['https://a.test/', 'https://a.test/missing']);
    expect(named).toContainEqual({
      url: 'https://a.test/new',
      urlKey: site.keyOf('/new'),
      state: 'fetched',
      statusCode: 302,
      indexable: false,
      lastmod: '2026-01-02T03:04:05.000Z',
      sitemapUrl: FILE,
    });
  });
});
