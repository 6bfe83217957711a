import { insertTestTenant, plantExecution, plantRobots } from '@outrider/db/testing';
import { explanation } from '@outrider/shared';
import { beforeAll, describe, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { type PlantedSite, plantSite } from '../testing/plant-site.js';

const api = oneApiPerFile();
let site: PlantedSite;
beforeAll(async () => {
  site = await plantSite(api());
});

async function explain(url: string) {
  return api().call('GET', `/executions/${site.executionId}/explain?url=${encodeURIComponent(url)}`);
}

describe('explaining a URL', () => {
  it.each([
    [
      'https://a.test/',
      'fetched',
      'It was fetched with status 200 at the first attempt; it is a seed of the campaign.',
    ],
    [
      'https://a.test/slow',
      'fetched',
      'It was fetched with status 200 at the first attempt; a link on https://a.test/ led to it, 1 click from a seed.',
    ],
    [
      'https://a.test/new',
      'fetched',
      'It was fetched with status 302 at the first attempt; https://a.test/old redirects to it.',
    ],
    [
      'https://a.test/private',
      'skipped',
      "It was not crawled because the site's robots.txt disallows it (Disallow: /private); a link on https://a.test/ led to it, 1 click from a seed.",
    ],
    [
      'https://c.test/',
      'skipped',
      'It was not crawled because it lies outside the sites that scope.within allows (within: host); a link on https://a.test/ led to it, 1 click from a seed.',
    ],
    [
      'https://a.test/dead',
      'failed',
      'It gave no usable answer after one attempt (connect_timeout); a link on https://a.test/ led to it, 1 click from a seed.',
    ],
    [
      'https://a.test/later',
      'pending',
      'It waits for its turn; a link on https://a.test/slow led to it, 2 clicks from a seed.',
    ],
    [
      'https://a.test/never',
      'unknown',
      'Nothing that this execution follows has named https://a.test/never so far (seeds, sitemaps, redirects, and links of pages that answered with 2xx), so it was not crawled; were it named, it would be let in.',
    ],
  ])('%s is %s, in one sentence', async (url, outcome, sentence) => {
    expect((await explain(url)).body).toMatchObject({ outcome, sentence });
  });

  it('asks every rule, with the pinned configuration and what was recorded', async () => {
    const verdicts = async (url: string): Promise<unknown> => {
      const { rules, decidedBy } = explanation.parse((await explain(url)).body);
      return { decidedBy, stops: rules.filter(({ verdict }) => verdict === 'stops') };
    };
    expect(await verdicts('https://a.test/private')).toEqual({
      decidedBy: 'robots',
      stops: [{ rule: 'robots', verdict: 'stops', detail: 'Disallow: /private' }],
    });
    expect(await verdicts('https://c.test/')).toEqual({
      decidedBy: 'scope.within',
      stops: [{ rule: 'scope.within', verdict: 'stops', detail: 'within: host' }],
    });
    expect(await verdicts('https://a.test/slow')).toEqual({ decidedBy: null, stops: [] });
    expect(await verdicts('https://a.test/dead')).toEqual({ decidedBy: null, stops: [] });
  });

  it('says of a URL that nothing named what would become of it', async () => {
    expect((await explain('https://never.test/x/x/x')).body).toMatchObject({
      outcome: 'unknown',
      decidedBy: 'scope.within',
      sentence: expect.stringMatching(/were it named, it would be skipped by scope\.within \(within: host/),
      discovery: null,
      path: [],
      attemptLog: [],
    });
    const trap = (await explain('https://a.test/x/x/x')).body;
    expect(trap).toMatchObject({ outcome: 'unknown', decidedBy: 'traps' });
  });

  it('shows the line of robots.txt that was read, with its text', async () => {
    await plantRobots(
      api().db,
      site.executionId,
      'https://a.test',
      'User-agent: *\nCrawl-delay: 2\nDisallow: /shut\n',
    );
    const { rules } = explanation.parse((await explain('https://a.test/shut/it')).body);
    expect(rules.find(({ rule }) => rule === 'robots')).toMatchObject({
      verdict: 'stops',
      detail: expect.stringMatching(/^line 3: Disallow: \/shut \(for OutriderBot, read 20/),
    });
  });

  it('goes by the robots.txt that held when the URL was decided on, not by a later one', async () => {
    const url = 'https://a.test/slow';
    await api().db.system.withSystem((tx) => tx.sql`delete from execution_robots`);
    await plantRobots(
      api().db,
      site.executionId,
      'https://a.test',
      'User-agent: *\nAllow: /slow\n',
      '2 days',
    );
    await plantRobots(
      api().db,
      site.executionId,
      'https://a.test',
      'User-agent: *\nDisallow: /slow\n',
      '-1 day',
    );
    const ruleOf = async (asked: string) => {
      const { rules } = explanation.parse((await explain(asked)).body);
      return rules.find(({ rule }) => rule === 'robots');
    };
    expect(await ruleOf(url)).toMatchObject({
      verdict: 'passes',
      detail: expect.stringMatching(/^line 2: Allow/),
    });
    // What was never decided on is judged by what holds now.
    expect((await ruleOf('https://a.test/slower'))?.detail).toMatch(/^line 2: Disallow/);
  });

  it('knows nothing of a robots.txt that another tenant was told of', async () => {
    const tenantId = await insertTestTenant(api().db.system, 'the one who crawled it');
    const other = await plantExecution({ ...api().db, tenantId }, { seeds: ['https://c.test/'] });
    await plantRobots(
      { ...api().db, tenantId },
      other.executionId,
      'https://c.test',
      'User-agent: *\nDisallow: /',
    );
    const { rules } = explanation.parse((await explain('https://c.test/')).body);
    expect(rules.find(({ rule }) => rule === 'robots')).toMatchObject({
      verdict: 'unknown',
      detail: 'robots.txt of this site was not read yet',
    });
  });

  it('lists the tries', async () => {
    expect((await explain('https://a.test/dead')).body['attemptLog']).toMatchObject([
      { attempt: 2, statusCode: null, errorCode: 'connect_timeout' },
    ]);
    expect((await explain('https://a.test/')).body['attemptLog']).toMatchObject([
      { attempt: 1, statusCode: 200, errorCode: null },
    ]);
  });

  it('any spelling of the URL will do', async () => {
    const { body } = await explain('HTTPS://A.test:443/x/../slow#part');
    expect(body).toMatchObject({
      url: 'https://a.test/slow',
      outcome: 'fetched',
      urlKey: site.keyOf('/slow'),
    });
  });

  it('shows the way from the seed, and the errors', async () => {
    const later = await explain('https://a.test/later');
    expect(later.body['path']).toEqual([
      { url: 'https://a.test/', discoveryMethod: 'seed' },
      { url: 'https://a.test/slow', discoveryMethod: 'link' },
      { url: 'https://a.test/later', discoveryMethod: 'link' },
    ]);
    const dead = await explain('https://a.test/dead');
    expect(dead.body).toMatchObject({
      failureCode: 'connect_timeout',
      attempts: 1,
      errors: [{ errorCode: 'connect_timeout' }],
    });
  });

  it.each(['', 'not a url', 'ftp://a.test/', `https://a.test/${'x'.repeat(3_000)}`])(
    'what is no URL is refused: %.20j',
    async (url) => {
      expect((await explain(url)).status).toBe(400);
    },
  );
});
