import { beforeAll, describe, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { type PlantedSite, plantSite } from '../testing/plant-site.js';

const api = oneApiPerFile();
let site: PlantedSite;
beforeAll(async () => {
  site = await plantSite(api());
});

async function urls(query: string): Promise<string[]> {
  const { status, body } = await api().call('GET', `/executions/${site.executionId}/pages?${query}`);
  expect(status).toBe(200);
  return body.items.map((page) => String(page['url']).replace('https://a.test', '')).sort();
}

const HOUR = 3_600_000;
const around = (ms: number): string => encodeURIComponent(new Date(Date.now() + ms).toISOString());

describe('pages', () => {
  it.each([
    ['', 9],
    ['status=404', 1],
    ['status=3xx', 5],
    ['status=5xx', 0],
    ['host=files.test', 1],
    ['host=a.test', 8],
    ['urlContains=LOOP', 2],
    ['urlContains=%25', 0],
    ['indexable=true', 3],
    ['indexable=false', 6],
    ['contentType=text/html', 8],
    ['contentType=APPLICATION/pdf', 1],
    ['contentType=text', 0],
    ['html=false', 1],
    ['html=true', 8],
    ['depth=0', 1],
    ['depth=2', 1],
    [`since=${around(-HOUR)}`, 9],
    [`since=${around(HOUR)}`, 0],
    [`until=${around(HOUR)}`, 9],
    [`until=${around(-HOUR)}`, 0],
    ['status=3xx&urlContains=loop&host=a.test', 2],
  ])('the filter %s finds %i', async (query, count) => {
    expect(await urls(query)).toHaveLength(count);
  });

  it('the slowest come first when asked', async () => {
    const { body } = await api().call('GET', `/executions/${site.executionId}/pages?sort=slowest&limit=1`);
    expect(body.items[0]).toMatchObject({ url: 'https://a.test/slow', totalMs: 900.25 });
  });

  it.each(['sort=url_key', 'sort=slowest'])('a walk with %s meets every page once', async (sort) => {
    const seen: unknown[] = [];
    let cursor = '';
    do {
      const { body } = await api().call(
        'GET',
        `/executions/${site.executionId}/pages?limit=2&${sort}${cursor}`,
      );
      seen.push(...body.items.map((page) => page['url']));
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    expect(seen).toHaveLength(9);
    expect(new Set(seen).size).toBe(9);
  });
});

describe('a page', () => {
  async function read(path: string) {
    return (await api().call('GET', `/executions/${site.executionId}/pages/${site.keyOf(path)}`)).body;
  }

  it('has all that was recorded, and counts the links to it', async () => {
    expect(await read('/missing')).toMatchObject({
      url: 'https://a.test/missing',
      statusCode: 404,
      inlinks: 2,
      redirects: { hops: [], count: 0, finalUrl: null, finalStatus: null, loop: false, temporary: false },
      response: { headers: [] },
      queueWaitMs: expect.any(Number),
      page: null,
    });
  });

  it('shows a chain of redirects to its end', async () => {
    expect(await read('/old')).toMatchObject({
      redirects: {
        hops: [
          { url: 'https://a.test/old', status: 301, type: 'http' },
          { url: 'https://a.test/new', status: 302, type: 'http' },
        ],
        count: 2,
        finalUrl: 'https://a.test/slow',
        finalStatus: 200,
        loop: false,
        temporary: true,
      },
    });
  });

  it('shows a loop as one, and each of its hops once', async () => {
    expect(await read('/loop1')).toMatchObject({
      redirects: {
        hops: [{ url: 'https://a.test/loop1' }, { url: 'https://a.test/loop2' }],
        finalUrl: 'https://a.test/loop1',
        loop: true,
      },
    });
  });

  it('shows a redirect to what was not fetched without a final status', async () => {
    expect(await read('/away')).toMatchObject({
      redirects: {
        hops: [{ url: 'https://a.test/away' }],
        finalUrl: 'https://b.test/',
        finalStatus: null,
        loop: false,
      },
    });
  });

  it('that was not fetched is 404', async () => {
    expect(await read('/later')).toMatchObject({ status: 404, code: 'not_found' });
  });
});

describe('links', () => {
  async function links(path: string, query: string) {
    return api().call('GET', `/executions/${site.executionId}/pages/${site.keyOf(path)}/links?${query}`);
  }

  it.each([
    ['/', 'direction=out', 4],
    ['/', 'direction=out&linkType=image', 1],
    ['/', 'direction=in', 1],
    ['/missing', 'direction=in', 2],
    ['/missing', 'direction=out', 0],
    ['/logo.png', 'direction=in', 1],
    ['/later', 'direction=in', 0],
  ])('of %s with %s are %i', async (path, query, count) => {
    expect((await links(path, query)).body.items).toHaveLength(count);
  });

  it('carry the status of their target, and a reason where they lead nowhere', async () => {
    const { body } = await links('/', '');
    expect(body.items).toMatchObject([
      { ordinal: 0, targetUrl: 'https://a.test/slow', targetStatusCode: 200 },
      { ordinal: 1, targetUrl: 'https://a.test/missing', targetStatusCode: 404 },
      { ordinal: 2, targetUrl: null, problem: 'unsupported_scheme', targetStatusCode: null },
      { ordinal: 3, linkType: 'image', targetStatusCode: null },
    ]);
  });

  it('say whether they stay within the campaign, on its domain, or leave', async () => {
    const scopes = async (path: string) =>
      (await links(path, '')).body.items.map((link) => [link['targetUrl'], link['scope']]);
    expect(await scopes('/slow')).toEqual([
      ['https://a.test/missing', 'internal'],
      ['https://a.test/', 'internal'],
      ['https://shop.a.test/', 'subdomain'],
      ['https://b.test/', 'external'],
    ]);
    expect((await scopes('/'))[2]).toEqual([null, null]);
  });

  it('are walked in pages', async () => {
    const first = await links('/missing', 'direction=in&limit=1');
    const second = await links('/missing', `direction=in&limit=1&cursor=${first.body.nextCursor}`);
    expect(second.body.nextCursor).toBeNull();
    const sources = [...first.body.items, ...second.body.items].map((link) => link['sourceUrl']);
    expect(sources.sort()).toEqual(['https://a.test/', 'https://a.test/slow']);
  });
});
