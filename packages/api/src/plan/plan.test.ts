import { insertTestTenant, plantExecution, plantRobots } from '@outrider/db/testing';
import { type CampaignConfig, campaignConfig, parseRobots, plan } from '@outrider/shared';
import { beforeAll, describe, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { type PlantedSite, plantSite } from '../testing/plant-site.js';
import { estimateCampaign } from './estimate-campaign.js';
import { ASSUMED_MS, estimateHost, type HostFacts } from './estimate-hosts.js';
import { summarize, UNKNOWN_ROBOTS } from './judge-by-origin.js';

const api = oneApiPerFile();
let site: PlantedSite;
beforeAll(async () => {
  site = await plantSite(api());
});

async function planOf(id: string, urls: readonly string[]): Promise<ReturnType<typeof plan.parse>> {
  const answer = await api().call('POST', `/campaigns/${id}/plan`, { json: { urls } });
  expect(answer.status).toBe(200);
  return plan.parse(answer.body);
}

async function campaignWith(config: object, seeds = ['https://new.test/']): Promise<string> {
  const { body } = await api().call('POST', '/campaigns', { json: { name: 'Plan', seeds, ...config } });
  return String(body['id']);
}

const storeRobots = (origin: string, body: string): Promise<void> =>
  plantRobots(api().db, site.executionId, origin, body);

describe('a plan', () => {
  it('says of each URL whether it is in, and which rule decides', async () => {
    const id = await campaignWith({
      scope: { deny: ['/private/'], allow: ['^https://new'], maxDepth: 5 },
    });
    const { urls, counts } = await planOf(id, [
      'HTTPS://new.test:443/a/../b?utm_source=x#part',
      'https://new.test/private/x',
      'https://other.test/',
      'https://new.test/x/x/x',
      'mailto:a@b.test',
      'https://new.test/',
    ]);
    expect(urls.map(({ url, verdict, decidedBy }) => [url, verdict, decidedBy])).toEqual([
      ['https://new.test/b', 'in', null],
      ['https://new.test/private/x', 'out', 'scope.deny'],
      ['https://other.test/', 'out', 'scope.within'],
      ['https://new.test/x/x/x', 'out', 'traps'],
      [null, 'invalid', 'url'],
      ['https://new.test/', 'in', null],
    ]);
    expect(counts).toEqual({ in: 2, out: 3, invalid: 1 });
    expect(urls.at(-1)).toMatchObject({ isSeed: true, depth: 0 });
    expect(urls[0]?.detail).toMatch(/how many clicks.*robots.txt of this site was not read yet/);
  });

  it('goes by the robots.txt that crawls have read, and says so where none has', async () => {
    await storeRobots(
      'https://ruled.test',
      'User-agent: *\nCrawl-delay: 3\nDisallow: /no\nSitemap: https://ruled.test/s.xml\n',
    );
    const id = await campaignWith({}, ['https://ruled.test/', 'https://blank.test/']);
    const answer = await planOf(id, ['https://ruled.test/no/x', 'https://ruled.test/yes']);
    expect(answer.urls.map(({ verdict, decidedBy }) => [verdict, decidedBy])).toEqual([
      ['out', 'robots'],
      ['in', null],
    ]);
    expect(answer.urls[0]?.detail).toMatch(/^line 3: Disallow: \/no/);
    const ruled = answer.hosts.find(({ host }) => host === 'ruled.test');
    expect(ruled).toMatchObject({
      urlsIn: 1,
      robots: { status: 'rules', crawlDelaySeconds: 3, sitemaps: 1 },
      delayMs: 3_000,
      concurrency: 1,
      pages: 1,
      seconds: 3,
    });
    expect(answer.hosts.find(({ host }) => host === 'blank.test')?.robots).toEqual({
      status: 'unknown',
      fetchedAt: null,
      crawlDelaySeconds: null,
      sitemaps: 0,
    });
  });

  it.each([
    ['http', 'https'],
    ['https', 'http'],
  ])(
    'of a site that was read by %s alone goes by that, though it is asked about by %s too',
    async (read, other) => {
      const host = `${read}-only.test`;
      await storeRobots(`${read}://${host}`, 'User-agent: *\nCrawl-delay: 10\n');
      const id = await campaignWith({}, [`${read}://${host}/`]);
      const { hosts } = await planOf(id, [`${other}://${host}/a`, `${read}://${host}/b`]);
      expect(hosts).toMatchObject([{ host, urlsIn: 2, robots: { status: 'rules' }, delayMs: 10_000 }]);
    },
  );

  it('assumes a response time for a campaign that has not run, and says so', async () => {
    const { estimate } = await planOf(await campaignWith({}), ['https://new.test/a', 'https://new.test/b']);
    expect(estimate).toMatchObject({ pages: 2, basis: 'assumptions', executionId: null, sitemapUrls: null });
    expect(estimate.sentence).toContain(`assuming ${ASSUMED_MS} ms per page`);
  });

  it('goes by the last execution of one that has', async () => {
    const answer = await planOf(site.campaignId, ['https://a.test/slow', 'https://a.test/never']);
    expect(answer.urls.map(({ depth }) => depth)).toEqual([1, null]);
    expect(answer.estimate).toMatchObject({ basis: 'last_execution', executionId: site.executionId });
    expect(answer.hosts.find(({ host }) => host === 'a.test')).toMatchObject({ lastPages: 8, pages: 8 });
  });

  it('is refused for no URL, and for more than a thousand', async () => {
    const id = await campaignWith({});
    const statusFor = async (urls: readonly string[]): Promise<number> =>
      (await api().call('POST', `/campaigns/${id}/plan`, { json: { urls } })).status;
    expect(await statusFor([])).toBe(400);
    expect(await statusFor(Array.from({ length: 1_001 }, (_, n) => `https://new.test/${n}`))).toBe(422);
  });

  it('tells nothing of a robots.txt that only another tenant was told of', async () => {
    const tenantId = await insertTestTenant(api().db.system, 'the one who crawled it');
    const other = await plantExecution({ ...api().db, tenantId }, { seeds: ['https://secret.test/'] });
    await plantRobots(
      { ...api().db, tenantId },
      other.executionId,
      'https://secret.test',
      'User-agent: *\nDisallow: /',
    );
    const id = await campaignWith({}, ['https://secret.test/']);
    const { urls, hosts } = await planOf(id, ['https://secret.test/x']);
    expect(urls[0]).toMatchObject({
      verdict: 'in',
      detail: expect.stringContaining('robots.txt of this site was not read yet'),
    });
    expect(hosts[0]?.robots).toEqual(UNKNOWN_ROBOTS);
  });

  it('over many sites goes by the robots.txt of each', async () => {
    const origins = Array.from({ length: 20 }, (_, n) => `https://many${n}.test`);
    for (const [n, origin] of origins.entries())
      await storeRobots(origin, `User-agent: *\nDisallow: /${n % 10}`);
    const id = await campaignWith({ scope: { within: 'any' } });
    const { urls } = await planOf(
      id,
      origins.flatMap((origin, n) => [`${origin}/${n % 10}`, `${origin}/x`]),
    );
    expect(urls.map(({ url }) => url)).toEqual(
      origins.flatMap((origin, n) => [`${origin}/${n % 10}`, `${origin}/x`]),
    );
    expect(urls.map(({ decidedBy }) => decidedBy)).toEqual(origins.flatMap(() => ['robots', null]));
  });

  it('of a thousand URLs is made at once', async () => {
    const urls = Array.from({ length: 1_000 }, (_, n) => `https://new.test/${n}`);
    expect((await planOf(await campaignWith({}), urls)).counts).toEqual({ in: 1_000, out: 0, invalid: 0 });
  });
});

describe('the estimate', () => {
  const config = (politeness: object, scope: object = {}): CampaignConfig =>
    campaignConfig.parse({ politeness, scope });
  const facts = (over: Partial<HostFacts> = {}): HostFacts => ({
    host: 'a.test',
    urlsIn: 10,
    robots: UNKNOWN_ROBOTS,
    last: { host: 'a.test', pages: 1_000, averageMs: 200 },
    ...over,
  });

  it('of a host without a delay is its pages by its response time and the fetches at once', () => {
    expect(estimateHost(facts(), config({ maxConcurrencyPerHost: 4 })).seconds).toBe(50);
  });

  it('of a host with a delay is a page per delay', () => {
    expect(estimateHost(facts(), config({ delayMs: 500 }))).toMatchObject({ seconds: 500, concurrency: 1 });
  });

  it('of a slow host is not quicker than its answers', () => {
    const slow = facts({ last: { host: 'a.test', pages: 100, averageMs: 8_000 } });
    expect(estimateHost(slow, config({ delayMs: 100, maxConcurrencyPerHost: 4 })).seconds).toBe(200);
  });

  it('leaves a Crawl-delay out of account where robots.txt is not obeyed', () => {
    const known = {
      status: 'rules',
      file: parseRobots('User-agent: *\nCrawl-delay: 9'),
      detail: null,
      fetchedAt: '2026-01-01T00:00:00.000Z',
    } as const;
    const delayUnder = (politeness: object): number => {
      const campaign = config(politeness);
      return estimateHost(facts({ robots: summarize(known, campaign) }), campaign).delayMs;
    };
    expect(delayUnder({})).toBe(9_000);
    expect(delayUnder({ obeyRobots: false })).toBe(0);
  });

  it('of a campaign is that of its slowest host, within the limits of the scope', () => {
    const hosts = [1_000, 3_000].map((pages) =>
      estimateHost(
        facts({ last: { host: 'a.test', pages, averageMs: 200 } }),
        config({ maxConcurrencyPerHost: 1 }),
      ),
    );
    const last = { id: '01900000-0000-7000-8000-000000000000', number: 3, sitemapUrls: 7 };
    expect(estimateCampaign(hosts, config({}), last)).toMatchObject({
      pages: 4_000,
      seconds: 600,
      sitemapUrls: 7,
      sentence: 'About 4000 pages in 600 seconds on 2 hosts, by the pages and response times of execution 3.',
    });
    const capped = estimateCampaign(hosts, config({}, { maxPages: 2_000 }), last);
    expect(capped).toMatchObject({ pages: 2_000, seconds: 300 });
    expect(capped.sentence).toContain('; scope.maxPages ends it.');
    expect(estimateCampaign(hosts, config({}, { maxDurationSeconds: 60 }), last).seconds).toBe(60);
  });
});
