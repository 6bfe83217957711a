import { type Campaign, campaignConfig } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { type CrawlOptions, isAsWanted, wantedCampaign } from './wanted-campaign.js';

const URL_ = 'https://example.com/';

function campaignWith(config: object): Campaign {
  return { config: campaignConfig.parse(config) } as Campaign;
}

describe('wantedCampaign', () => {
  it('without options is the default campaign, named after its URL', () => {
    const wanted = wantedCampaign(URL_, { robots: true }, 1);
    expect(wanted).toMatchObject({ name: URL_, seed: URL_ });
    expect(isAsWanted(campaignWith({}), wanted.config)).toBe(true);
  });

  it('takes every option to its field', () => {
    const options: CrawlOptions = {
      name: ' Docs ',
      maxPages: 5,
      maxDepth: 0,
      concurrency: 9,
      delay: 250,
      workers: 3,
      robots: false,
      within: 'prefix',
      allow: ['a'],
      deny: ['b', 'c'],
      userAgent: 'Test/1',
      mode: 'sitemap',
      sitemap: ['https://example.org/s.xml'],
    };
    expect(wantedCampaign(URL_, options, 1)).toEqual({
      name: 'Docs',
      seed: URL_,
      config: {
        mode: 'sitemap',
        renderer: 'http',
        lanes: 3,
        scope: { within: 'prefix', allow: ['a'], deny: ['b', 'c'], maxDepth: 0, maxPages: 5 },
        politeness: { obeyRobots: false, maxConcurrencyPerHost: 9, delayMs: 250, userAgent: 'Test/1' },
        sitemaps: { fromRobots: true, urls: ['https://example.org/s.xml'] },
      },
    });
  });

  it.each<[Partial<CrawlOptions>, RegExp]>([
    [{ maxPages: 1e12 }, /--max-pages: /],
    [{ concurrency: 1_000 }, /--concurrency: /],
    [{ workers: 17 }, /--workers: /],
    [{ deny: ['ok', '(?=x)'] }, /--deny: .*linear time/],
    [{ userAgent: 'a\nb' }, /--user-agent: /],
    [{ name: ' ' }, /--name: /],
    [{ sitemap: ['/sitemap.xml'] }, /--sitemap: /],
    [{ renderer: 'lynx' }, /no such renderer/],
  ])('%j is a usage error that names the option', (options, said) => {
    const attempt = () => wantedCampaign(URL_, { robots: true, ...options }, 1);
    expect(attempt).toThrow(said);
    expect(attempt).toThrow(expect.objectContaining({ exit: 'usage' }));
  });

  it('names a campaign of a very long URL within the limit of names', () => {
    const { name } = wantedCampaign(`${URL_}${'a'.repeat(2_000)}`, { robots: true }, 1);
    expect(name).toHaveLength(200);
  });
});

describe('isAsWanted', () => {
  const { config } = wantedCampaign(URL_, { robots: true, maxPages: 7, deny: ['x'] }, 2);
  const same = { lanes: 2, scope: { maxPages: 7, deny: ['x'] } };

  it('ignores what a crawl does not decide', () => {
    expect(isAsWanted(campaignWith({ ...same, fetch: { retries: 5 } }), config)).toBe(true);
  });

  it.each([
    { ...same, lanes: 1 },
    { ...same, scope: { maxPages: 8, deny: ['x'] } },
    { ...same, scope: { maxPages: 7, deny: [] } },
    { ...same, politeness: { obeyRobots: false } },
    { ...same, mode: 'list' },
  ])('sees the difference of %j', (other) => {
    expect(isAsWanted(campaignWith(other), config)).toBe(false);
  });
});
