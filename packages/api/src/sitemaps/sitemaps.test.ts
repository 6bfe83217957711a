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

describe('the comparison of sitemaps and links', () => {
  it('lists what a sitemap names and no other page links to', async () => {
    const { body } = await get('sitemap-comparison');
    expect(urlsOf(body)).toEqual(['https://a.test/later', 'https://a.test/new']);
    expect(body['totals']).toBeNull();
    expect(body.items).toContainEqual({
      url: 'https://a.test/new',
      urlKey: site.keyOf('/new'),
      state: 'fetched',
      statusCode: 302,
      indexable: false,
      lastmod: '2026-01-02T03:04:05.000Z',
      sitemapUrl: FILE,
    });
  });

  it('lists what is linked and in no sitemap', async () => {
    const { body } = await get('sitemap-comparison?set=linked_not_in_sitemap');
    expect(urlsOf(body)).toEqual(['https://a.test/', 'https://a.test/missing']);
  });

  it('pages through a difference without loss', async () => {
    const first = (await get('sitemap-comparison?limit=1')).body;
    const rest = (await get(`sitemap-comparison?limit=1&cursor=${first.nextCursor}`)).body;
    expect(urlsOf({ items: [...first.items, ...rest.items] })).toEqual([
      'https://a.test/later',
      'https://a.test/new',
    ]);
    expect(rest.nextCursor).toBeNull();
  });
});
