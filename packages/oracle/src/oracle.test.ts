import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { checkPoliteness } from './log/politeness.js';
import { type Oracle, type OracleOptions, startOracle } from './oracle.js';
import type { ResourceKind } from './site/site-graph.js';
import type { SitePlan } from './site/site-plan.js';
import { hrefsOf, loopbackGet } from './testing/loopback-get.js';

let running: Oracle[] = [];

async function start(plan: Partial<SitePlan>, options?: OracleOptions): Promise<Oracle> {
  const oracle = await startOracle({ seed: 7, pages: 60, linksPerPage: 6, ...plan }, options);
  running.push(oracle);
  return oracle;
}

afterEach(async () => {
  await Promise.all(running.map((oracle) => oracle.close()));
  running = [];
});

function urlOf(oracle: Oracle, kind: ResourceKind, ordinal = 0): string {
  const url = oracle.urlsOf(kind)[ordinal];
  if (url === undefined) throw new Error(`nothing planted: ${kind} ${ordinal}`);
  return url;
}

/** A crawl in twenty lines: everything on this origin that links and redirects lead to. */
async function crawl(
  oracle: Oracle,
  mayFetch: (url: string) => boolean,
): Promise<Map<string, number | null>> {
  const answers = new Map<string, number | null>();
  const queue = [oracle.seedUrl];
  const known = new Set(queue);
  for (const url of queue) {
    if (!url.startsWith(`${oracle.origin}/`) || !mayFetch(url)) continue;
    const answer = await loopbackGet(url, AbortSignal.timeout(500)).catch(() => null);
    answers.set(url, answer?.status ?? null);
    if (answer === null) continue;
    const { location } = answer.headers;
    const isHtml = answer.headers['content-type']?.startsWith('text/html') === true;
    const links = isHtml ? hrefsOf(answer.body.toString(), url) : [];
    if (location !== undefined) links.push(new URL(location, url).href);
    queue.push(...links.filter((link) => !known.has(link) && known.add(link)));
  }
  return answers;
}

const EVERYTHING = {
  notFound: 4,
  serverError: 3,
  redirects: 6,
  redirectChain: 5,
  redirectLoop: true,
  slow: { count: 2, ms: 20 },
  reset: 2,
  hang: 1,
  duplicates: 3,
  noindex: 2,
  outOfScope: 4,
  deep: 12,
  binary: 2,
} as const;

describe('the expected crawl', () => {
  it('is what a crawl of the whole site finds, URL by URL and status by status', async () => {
    const oracle = await start({ plant: EVERYTHING });
    const answers = await crawl(oracle, () => true);
    const { expected } = oracle;
    expect(new Set(answers.keys())).toEqual(expected.inScopeUrls);
    const byStatus: Record<number, number> = {};
    for (const status of answers.values())
      if (status !== null) byStatus[status] = (byStatus[status] ?? 0) + 1;
    expect(byStatus).toEqual(expected.byStatus);
    expect([expected.fetched, expected.failed]).toEqual([answers.size - 3, 3]);
    const unanswered = [...answers].filter(([, status]) => status === null).map(([url]) => url);
    expect(new Set(unanswered)).toEqual(expected.failedUrls);
    expect([...oracle.fetchesByUrl().values()].every((count) => count === 1)).toBe(true);
    expect(expected.outOfScopeUrls).toEqual(new Set(oracle.urlsOf('outside')));
    expect(expected.blockedByRobots.size + expected.pastRedirectLimit.size).toBe(0);
  });

  it('counts what was planted', async () => {
    const { expected } = await start({ plant: EVERYTHING });
    // 60 pages, 3 landings, chain end, 2 slow, 3 copies, 2 noindex, 12 deep, 2 binary.
    expect(expected.byStatus).toMatchObject({ 200: 85, 404: 4, 500: 3 });
    expect(expected.inScopeUrls.size).toBe(85 + 4 + 3 + 6 + 5 + 2 + 3);
    expect(expected.outOfScopeUrls.size).toBe(4);
  });

  it('leaves out what robots.txt forbids and what only leads through it', async () => {
    const robotsTxt = 'User-agent: *\nDisallow: /docs/guides/\nDisallow: /deep/5\n';
    const oracle = await start({ plant: { ...EVERYTHING, hang: 0, robotsTxt } });
    const forbidden = (url: string) => /\/docs\/guides\/|\/deep\/5/.test(url);
    const answers = await crawl(oracle, (url) => !forbidden(url));
    expect(new Set(answers.keys())).toEqual(oracle.inScopeUrls());
    expect(oracle.inScopeUrls()).not.toContain(`${oracle.origin}/deep/6`);
    expect(oracle.expected.blockedByRobots).toContain(`${oracle.origin}/deep/5`);
    expect([...oracle.expected.blockedByRobots].every(forbidden)).toBe(true);
    expect(oracle.expectedUnder({ obeyRobots: false }).inScopeUrls).toContain(`${oracle.origin}/deep/12`);
  });

  it('finds every allowed page again through the sitemap', async () => {
    const robotsTxt = 'User-agent: *\nDisallow: /docs/guides/\n';
    const oracle = await start({ linksPerPage: 1, plant: { sitemap: true, robotsTxt } });
    const { inScopeUrls, blockedByRobots } = oracle.expected;
    expect(inScopeUrls.size + blockedByRobots.size).toBe(60);
    expect(oracle.expectedUnder({ readSitemap: false }).inScopeUrls.size).toBeLessThan(inScopeUrls.size);
  });

  it.each([
    [{ status: 404 }, 60],
    [{ status: 503 }, 0],
    ['hang', 0],
    ['User-agent: OutriderBot\nDisallow: /', 0],
    ['User-agent: OtherBot\nDisallow: /', 60],
  ] as const)('with robots.txt %j has %i URLs', async (robotsTxt, count) => {
    const oracle = await start({ plant: { robotsTxt } });
    expect(oracle.inScopeUrls().size).toBe(count);
    expect(oracle.expected.blockedByRobots).toEqual(new Set(count === 0 ? [oracle.seedUrl] : []));
  });

  it('ends a redirect chain at the limit', async () => {
    const oracle = await start({ pages: 1, linksPerPage: 0, plant: { redirectChain: 21 } });
    const { inScopeUrls, pastRedirectLimit } = oracle.expected;
    expect(inScopeUrls.size).toBe(12);
    expect(inScopeUrls).toContain(`${oracle.origin}/chain/10`);
    expect(pastRedirectLimit).toEqual(new Set([`${oracle.origin}/chain/11`]));
    expect(oracle.expectedUnder({ maxRedirects: 21 }).inScopeUrls).toContain(`${oracle.origin}/chain/21`);
  });

  it('keeps a page that is one redirect too far but linked as well', async () => {
    // One link a page: the redirects from early pages come before the links of late ones.
    const oracle = await start({ linksPerPage: 1, plant: { redirects: 20 } });
    const { inScopeUrls, pastRedirectLimit } = oracle.expectedUnder({ maxRedirects: 0 });
    expect(pastRedirectLimit).toEqual(new Set(oracle.urlsOf('landing')));
    expect(inScopeUrls.size).toBe(80);
  });

  it('has custom paths in scope without guessing their answer', async () => {
    const oracle = await start({ plant: { customPaths: ['/poison', '/a b?q="1"&r=2'] } });
    const { customUrls, inScopeUrls, fetched } = oracle.expected;
    expect(customUrls).toEqual(new Set([`${oracle.origin}/poison`, `${oracle.origin}/a%20b?q=%221%22&r=2`]));
    expect([fetched, inScopeUrls.size]).toEqual([60, 62]);
    const home = (await loopbackGet(oracle.seedUrl)).body.toString();
    expect(hrefsOf(home, oracle.seedUrl)).toEqual(expect.arrayContaining([...customUrls]));
  });
});

describe('what is planted', () => {
  it('answers 404, 500, noindex and bytes as planned', async () => {
    const oracle = await start({ plant: EVERYTHING });
    expect((await loopbackGet(urlOf(oracle, 'notFound'))).status).toBe(404);
    expect((await loopbackGet(urlOf(oracle, 'serverError'))).status).toBe(500);
    expect((await loopbackGet(urlOf(oracle, 'noindex'))).body.toString()).toContain('content="noindex"');
    expect((await loopbackGet(oracle.seedUrl)).body.toString()).not.toContain('noindex');
    const binary = await loopbackGet(urlOf(oracle, 'binary'));
    expect([binary.headers['content-type'], binary.body.length]).toEqual(['application/octet-stream', 4096]);
  });

  it('redirects along the chain and around the loop', async () => {
    const oracle = await start({ plant: EVERYTHING });
    const locations: unknown[] = [];
    for (const url of [...oracle.urlsOf('chain'), ...oracle.urlsOf('loop')]) {
      const { status, headers } = await loopbackGet(url);
      locations.push([status, headers.location]);
    }
    expect(locations).toEqual([
      [301, '/chain/1'],
      [302, '/chain/2'],
      [303, '/chain/3'],
      [307, '/chain/4'],
      [308, '/chain/5'],
      [302, '/loop/b'],
      [302, '/loop/a'],
    ]);
    expect((await loopbackGet(urlOf(oracle, 'chainEnd'))).status).toBe(200);
  });

  it('resets the connection and logs that it did', async () => {
    const oracle = await start({ plant: { reset: 1 } });
    await expect(loopbackGet(urlOf(oracle, 'reset'))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(oracle.fetches()).toMatchObject([{ path: '/reset/0', status: null, ending: 'reset' }]);
  });

  it('stays silent until the client gives up, and logs that too', async () => {
    const oracle = await start({ plant: { hang: 1 } });
    const client = new AbortController();
    const silent = loopbackGet(urlOf(oracle, 'hang'), client.signal);
    await expect.poll(() => oracle.fetches()).toMatchObject([{ ending: 'open', endedAt: null }]);
    client.abort();
    await expect(silent).rejects.toThrow();
    await expect.poll(() => oracle.fetches()).toMatchObject([{ ending: 'aborted', status: null }]);
  });

  it('takes its time over slow pages and, when told, over all', async () => {
    const oracle = await start({ plant: { slow: { count: 1, ms: 80 } } });
    await loopbackGet(urlOf(oracle, 'slow'));
    oracle.setDelay(60);
    await loopbackGet(oracle.seedUrl);
    const took = oracle.fetches().map(({ at, endedAt }) => (endedAt ?? 0) - at);
    expect(took[0]).toBeGreaterThanOrEqual(79);
    expect(took[1]).toBeGreaterThanOrEqual(59);
  });

  it('serves robots.txt as planned', async () => {
    const answers: unknown[] = [];
    for (const robotsTxt of [undefined, 'User-agent: *\n', { status: 503, body: 'later' }] as const) {
      const oracle = await start({ plant: robotsTxt === undefined ? {} : { robotsTxt } });
      const { status, body } = await loopbackGet(`${oracle.origin}/robots.txt`);
      answers.push([status, body.toString()]);
    }
    expect(answers).toEqual([
      [404, 'Not found\n'],
      [200, 'User-agent: *\n'],
      [503, 'later'],
    ]);
  });

  it('lists every page in the sitemap that robots.txt names', async () => {
    const oracle = await start({ plant: { sitemap: true } });
    const robots = (await loopbackGet(`${oracle.origin}/robots.txt`)).body.toString();
    expect(robots).toContain(`Sitemap: ${oracle.origin}/sitemap.xml`);
    const sitemap = (await loopbackGet(`${oracle.origin}/sitemap.xml`)).body.toString();
    expect([...sitemap.matchAll(/<loc>([^<]+)/g)].map((match) => match[1])).toEqual(oracle.urlsOf('page'));
  });

  it('splits the sitemap of a large site under an index', async () => {
    const oracle = await start({ pages: 50_001, plant: { sitemap: true } });
    const index = (await loopbackGet(`${oracle.origin}/sitemap.xml`)).body.toString();
    const parts = [...index.matchAll(/<loc>([^<]+)/g)].map((match) => match[1] ?? '');
    const counts: number[] = [];
    for (const part of parts) {
      counts.push((await loopbackGet(part)).body.toString().match(/<loc>/g)?.length ?? 0);
    }
    expect(counts).toEqual([50_000, 1]);
  });

  it('sends the planned headers and refuses other methods', async () => {
    const oracle = await start({ headers: { 'x-robots-tag': 'noarchive' } });
    const { headers } = await loopbackGet(oracle.seedUrl);
    expect(headers['x-robots-tag']).toBe('noarchive');
    const answer = await raw(
      oracle,
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 405 /);
  });
});

function raw(oracle: Oracle, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(new URL(oracle.origin).port), '127.0.0.1', () => socket.write(request));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}

describe('custom routes', () => {
  it('answer instead of the site, by path or by exact query', async () => {
    const oracle = await start({});
    oracle.set('/x', { status: 418, headers: { 'set-cookie': ['a=1', 'b=2'] }, body: Buffer.from([0, 255]) });
    oracle.set('/x?y=1', { body: 'exact' });
    const answer = await loopbackGet(`${oracle.origin}/x?z=1`);
    expect([answer.status, answer.headers['set-cookie'], [...answer.body]]).toEqual([
      418,
      ['a=1', 'b=2'],
      [0, 255],
    ]);
    expect((await loopbackGet(`${oracle.origin}/x?y=1`)).body.toString()).toBe('exact');
  });

  it('may lie about the length and take the raw socket', async () => {
    const oracle = await start({});
    oracle.set('/short', { headers: { 'Content-Length': '10' }, body: 'abc' });
    oracle.set('/raw', (_, response) => {
      response.socket?.end('SSH-2.0-x\r\n');
    });
    expect(await raw(oracle, 'GET /raw HTTP/1.1\r\nHost: a\r\n\r\n')).toBe('SSH-2.0-x\r\n');
    const client = new AbortController();
    const short = loopbackGet(`${oracle.origin}/short`, client.signal);
    await expect.poll(() => oracle.fetches().at(-1)).toMatchObject({ path: '/short', ending: 'answered' });
    client.abort();
    await expect(short).rejects.toThrow();
    expect(oracle.fetches()[0]).toMatchObject({ path: '/raw', status: null, ending: 'aborted' });
  });
});

describe('the fetch log', () => {
  it('has one entry for each request, right under concurrency', async () => {
    const oracle = await start({ plant: { notFound: 3 } });
    oracle.pause();
    const urls = [...oracle.inScopeUrls()].slice(0, 10);
    const answers = Promise.all(urls.map((url) => loopbackGet(url)));
    await expect.poll(() => oracle.fetches().length).toBe(10);
    expect(oracle.fetches().every(({ startedAt, ending }) => startedAt === null && ending === 'open')).toBe(
      true,
    );
    oracle.resume();
    await answers;
    await expect.poll(() => oracle.fetches().every(({ ending }) => ending === 'answered')).toBe(true);
    const log = oracle.fetches();
    expect(log.map((entry) => entry.concurrencyAtStart)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect([oracle.maxConcurrency(), oracle.maxConcurrency(new URL(oracle.origin).host)]).toEqual([10, 10]);
    expect(checkPoliteness(log, { maxConcurrency: 8, delayMs: 0 }).map(({ observed }) => observed)).toEqual([
      9, 10,
    ]);
    expect(oracle.fetchesByUrl()).toEqual(new Map(urls.map((url) => [url, 1])));
    expect(log[0]).toMatchObject({
      host: '127.0.0.1',
      method: 'GET',
      userAgent: 'OracleTest/1',
      status: 200,
    });
  });

  it('agrees with a client that never opens more than its limit', async () => {
    const oracle = await start({ pages: 400 });
    const urls = [...oracle.inScopeUrls()];
    const lane = async (): Promise<void> => {
      for (let url = urls.pop(); url !== undefined; url = urls.pop()) await loopbackGet(url);
    };
    await Promise.all([lane(), lane(), lane(), lane()]);
    expect(oracle.fetches()).toHaveLength(400);
    expect(checkPoliteness(oracle.fetches(), { maxConcurrency: 4, delayMs: 0 })).toEqual([]);
  });

  it('shows the gap between arrivals and starts anew when cleared', async () => {
    const oracle = await start({});
    await loopbackGet(oracle.seedUrl);
    await new Promise((resolve) => setTimeout(resolve, 120));
    await loopbackGet(oracle.seedUrl);
    expect(oracle.minGapMs()).toBeGreaterThanOrEqual(119);
    oracle.clearLog();
    expect([oracle.fetches(), oracle.maxConcurrency()]).toEqual([[], 0]);
  });

  it('can be read after the site is closed, and closing ends open fetches', async () => {
    const oracle = await start({ plant: { hang: 1 } });
    const silent = loopbackGet(urlOf(oracle, 'hang'));
    silent.catch(() => undefined);
    await expect.poll(() => oracle.fetches().length).toBe(1);
    await oracle.close();
    await expect(silent).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(loopbackGet(oracle.seedUrl)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(oracle.fetches()).toMatchObject([{ ending: 'aborted' }]);
  });
});

describe('hosts', () => {
  // Linux answers on all of 127.0.0.0/8; elsewhere 127.0.0.2 and 127.0.0.3 must be added to the loopback interface.
  it('serve the whole site each, and are counted apart', async () => {
    const oracle = await start({ hosts: 3, plant: { sitemap: true } });
    expect(oracle.origins.map((origin) => new URL(origin).hostname)).toEqual([
      '127.0.0.1',
      '127.0.0.2',
      '127.0.0.3',
    ]);
    const bodies: string[] = [];
    for (const origin of oracle.origins) bodies.push((await loopbackGet(`${origin}/`)).body.toString());
    expect(new Set(bodies).size).toBe(1);
    const third = oracle.origins[2] ?? '';
    expect(oracle.inScopeUrls(third)).toContain(`${third}/`);
    expect((await loopbackGet(`${third}/sitemap.xml`)).body.toString()).toContain(`<loc>${third}/</loc>`);
    expect(oracle.fetches().map(({ host }) => host)).toEqual([
      '127.0.0.1',
      '127.0.0.2',
      '127.0.0.3',
      '127.0.0.3',
    ]);
    expect(oracle.fetchesByUrl().get(`${third}/`)).toBe(1);
  });

  it('outside the scope are this server under another name, so that a leak is seen', async () => {
    const oracle = await start({ plant: { outOfScope: 1 } });
    expect((await loopbackGet(urlOf(oracle, 'outside'))).status).toBe(404);
    expect(oracle.fetches()).toMatchObject([{ host: 'localhost', path: '/outside/0' }]);
  });

  it.each([
    ['0.0.0.0', 1],
    ['10.0.0.1', 1],
    ['::', 1],
    ['::1', 2],
    ['127.0.0.250', 10],
  ])('never lie outside loopback (%s, %i hosts)', async (host, hosts) => {
    await expect(start({ hosts }, { host })).rejects.toThrow(RangeError);
  });
});
