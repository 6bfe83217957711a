import { freezeHost, listSitemapComparison, releaseHost } from '@outrider/db';
import type { Oracle } from '@outrider/oracle';
import { hostOf } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { type AddressPolicy, createAddressPolicy } from '../fetch/address-policy.js';
import {
  crawlToEnd,
  queueTestExecution,
  queueTestRepeat,
  type TestExecution,
} from '../testing/test-crawl.js';
import { pageFetches, SMALL, useTestFleet } from '../testing/test-fleet.js';

const fleet = useTestFleet();

interface FileRow {
  readonly url: string;
  readonly state: string;
  readonly found_in: string;
  readonly depth: number;
  readonly format: string | null;
  readonly entries: number;
  readonly urls_in_scope: number;
  readonly files_named: number;
  readonly dropped: Record<string, number>;
  readonly error_code: string | null;
  readonly newest_lastmod: Date | null;
  readonly attempt: number;
}

const filesOf = ({ executionId }: TestExecution): Promise<FileRow[]> =>
  fleet.db.system.withSystem(
    (tx) => tx.sql<FileRow[]>`
      select url, state, found_in, depth, format, entries, urls_in_scope, files_named, dropped, error_code,
        newest_lastmod, attempt
      from execution_sitemaps where execution_id = ${executionId} order by depth, id`,
  );

const errorsOf = async ({ executionId }: TestExecution): Promise<string[]> => {
  const rows = await fleet.db.system.withSystem(
    (tx) => tx.sql<{ code: string }[]>`
      select error_code as code from campaign_errors
      where execution_id = ${executionId} and severity <> 'info' order by id`,
  );
  return rows.map(({ code }) => code);
};

/** Where each URL of the log was found and what was decided, by its path. */
const logOf = async ({ executionId }: TestExecution): Promise<Record<string, string>> => {
  const rows = await fleet.db.system.withSystem(
    (tx) => tx.sql<{ url: string; found: string }[]>`
      select discovered_url as url, discovery_method || coalesce(' ' || url_depth, '') || coalesce(' ' || skip_reason, '') as found
      from url_discovery_log where execution_id = ${executionId}`,
  );
  return Object.fromEntries(rows.map(({ url, found }) => [new URL(url).pathname, found]));
};

const counters = async (execution: TestExecution): Promise<object> => {
  const [row] = await fleet.db.system.withSystem(
    (tx) => tx.sql`
      select (select sum(discovered)::int from execution_lanes where execution_id = ${execution.executionId}) +
          (select seeds_discovered from campaign_executions where id = ${execution.executionId}) as counted,
        (select count(*)::int from url_discovery_log where execution_id = ${execution.executionId}) as logged,
        (select sum(skipped)::int from execution_lanes where execution_id = ${execution.executionId}) as skipped,
        (select count(*)::int from url_discovery_log where execution_id = ${execution.executionId} and not should_crawl) as log_skipped`,
  );
  return row ?? {};
};

const urlset = (...urls: string[]): string =>
  `<urlset>${urls.map((url) => `<url><loc>${url}</loc></url>`).join('')}</urlset>`;
const index = (...urls: string[]): string =>
  `<sitemapindex>${urls.map((url) => `<sitemap><loc>${url}</loc></sitemap>`).join('')}</sitemapindex>`;
const page = (...links: string[]) => ({
  headers: { 'content-type': 'text/html' },
  body: links.map((link) => `<a href="${link}">x</a>`).join(''),
});
const robots = (oracle: Oracle, ...lines: string[]): void => {
  oracle.set('/robots.txt', { headers: { 'content-type': 'text/plain' }, body: lines.join('\n') });
};

/** A site whose pages a test sets itself. */
const bareSite = (): Promise<Oracle> =>
  fleet.site({ ...SMALL, pages: 1, linksPerPage: 0, plant: { robotsTxt: 'User-agent: *\nAllow: /\n' } });

async function crawl(
  seedUrls: readonly string[],
  config: Parameters<typeof queueTestExecution>[2],
  options: Parameters<typeof fleet.worker>[0] = {},
): Promise<TestExecution> {
  const execution = await queueTestExecution(fleet.db, seedUrls, config);
  const worker = await fleet.worker(options);
  await crawlToEnd(fleet.db, worker, execution, 60_000);
  return execution;
}

describe('a crawl of a site with a sitemap', () => {
  it('finds every page that the site expects it to, once each, and its counters add up', async () => {
    const oracle = await fleet.site({ ...SMALL, pages: 60, plant: { sitemap: true, noindex: 2 } });
    const execution = await crawl([oracle.seedUrl], {});
    const fetches = pageFetches(oracle);
    expect(fetches.get(`${oracle.origin}/sitemap.xml`)).toBe(1);
    fetches.delete(`${oracle.origin}/sitemap.xml`);
    expect(new Set(fetches.keys())).toEqual(oracle.expected.inScopeUrls);
    expect([...fetches.values()].every((times) => times === 1)).toBe(true);
    expect(await filesOf(execution)).toMatchObject([
      {
        state: 'read',
        found_in: 'robots',
        format: 'urlset',
        entries: 60,
        urls_in_scope: 60,
        error_code: null,
      },
    ]);
    expect(await errorsOf(execution)).toEqual([]);
    const { counted, logged, skipped, log_skipped } = (await counters(execution)) as Record<string, number>;
    expect(counted).toBe(logged);
    expect(skipped).toBe(log_skipped);
  });

  it('adds the pages that no link leads to, whatever robots.txt is obeyed for', async () => {
    const oracle = await bareSite();
    oracle.set('/', page('/linked'));
    oracle.set('/linked', page());
    oracle.set('/orphan', page('/behind'));
    oracle.set('/behind', page());
    oracle.set('/s.xml', { body: urlset(`${oracle.origin}/orphan`, `${oracle.origin}/linked`) });
    robots(oracle, `Sitemap: ${oracle.origin}/s.xml`);
    const execution = await crawl([oracle.seedUrl], { politeness: { obeyRobots: false } });
    expect(await logOf(execution)).toEqual({
      '/': 'seed 0',
      '/linked': 'link 1',
      '/orphan': 'sitemap',
      '/behind': 'link 1',
    });
    const rows = await fleet.db.system.withSystem(
      (tx) => tx.sql<{ url: string; depth: number | null }[]>`
        select url, depth from crawl_results where execution_id = ${execution.executionId}`,
    );
    const depths = rows.map(({ url, depth }) => [new URL(url).pathname, depth]);
    expect(Object.fromEntries(depths)).toEqual({ '/': 0, '/linked': 1, '/orphan': null, '/behind': 1 });
    const { executionId } = execution;
    const { slice } = await fleet.db.app.withTenant(fleet.db.tenantId, (tx) =>
      listSitemapComparison(tx, { executionId, set: 'in_sitemap_not_linked', limit: 10, after: null }),
    );
    expect(slice.items.map(({ url }) => new URL(url).pathname)).toEqual(['/orphan']);
  });

  it('reads none where the campaign says so, and none for a list', async () => {
    const oracle = await fleet.site({ ...SMALL, plant: { sitemap: true } });
    const off = await crawl([oracle.seedUrl], { sitemaps: { fromRobots: false } });
    expect(await filesOf(off)).toEqual([]);
    const list = await crawl([oracle.seedUrl], { mode: 'list' });
    expect(await filesOf(list)).toEqual([]);
    expect(pageFetches(oracle).has(`${oracle.origin}/sitemap.xml`)).toBe(false);
  });
});

describe('the sitemaps of an execution that repeats another', () => {
  const pathsOf = (oracle: Oracle): string[] =>
    [...pageFetches(oracle).keys()].map((url) => new URL(url).pathname);
  const factsOf = async (execution: TestExecution) =>
    (await filesOf(execution)).map(({ attempt: _, ...facts }) => facts);

  it('name what they named then, and none is fetched', async () => {
    const oracle = await bareSite();
    const { origin } = oracle;
    oracle.set('/', page('/linked'));
    for (const path of ['/linked', '/first', '/second', '/third']) oracle.set(path, page());
    robots(oracle, `Sitemap: ${origin}/index.xml`);
    oracle.set('/index.xml', { body: index(`${origin}/a.xml`, `${origin}/gone.xml`) });
    const dated = `<url><loc>${origin}/first</loc><lastmod>2026-01-02</lastmod></url>`;
    oracle.set('/a.xml', {
      body: `<urlset>${dated}<url><loc>${origin}/second</loc></url><url><loc>https://other.example/</loc></url></urlset>`,
    });
    const earlier = await crawl([oracle.seedUrl], { fetch: { retries: 0 } });
    expect(pathsOf(oracle)).toEqual(expect.arrayContaining(['/a.xml', '/gone.xml', '/second']));

    const before = oracle.fetches().length;
    robots(oracle, `Sitemap: ${origin}/index.xml`, `Sitemap: ${origin}/new.xml`);
    oracle.set('/a.xml', { body: urlset(`${origin}/third`) });
    oracle.set('/gone.xml', { body: urlset(`${origin}/third`) });
    oracle.set('/new.xml', { body: urlset(`${origin}/third`) });
    const repeat = await queueTestRepeat(fleet.db, [oracle.seedUrl], earlier);
    await crawlToEnd(fleet.db, await fleet.worker(), repeat, 60_000);
    const fetched = oracle.fetches().slice(before);
    expect(fetched.filter(({ path }) => path.endsWith('.xml'))).toEqual([]);
    expect(new Set(fetched.map(({ path }) => path).filter((path) => path !== '/robots.txt'))).toEqual(
      new Set(['/', '/linked', '/first', '/second']),
    );
    expect(await logOf(repeat)).toEqual(await logOf(earlier));
    expect(await factsOf(repeat)).toEqual(await factsOf(earlier));
    const { counted, logged } = (await counters(repeat)) as Record<string, number>;
    expect(counted).toBe(logged);

    const again = await queueTestRepeat(fleet.db, [oracle.seedUrl], repeat);
    await crawlToEnd(fleet.db, await fleet.worker(), again, 60_000);
    expect(await logOf(again)).toEqual(await logOf(earlier));
  });

  it('that it never came to are read', async () => {
    const oracle = await bareSite();
    robots(oracle, `Sitemap: ${oracle.origin}/s.xml`);
    oracle.set('/s.xml', { body: urlset(`${oracle.origin}/first`) });
    oracle.set('/first', page());
    const earlier = await crawl([oracle.seedUrl], {});
    await fleet.db.system.withSystem(
      (tx) =>
        tx.sql`update execution_sitemaps set state = 'skipped', error_code = 'stopped', error_message = 'stopped' where execution_id = ${earlier.executionId}`,
    );
    const before = oracle.fetches().length;
    const repeat = await queueTestRepeat(fleet.db, [oracle.seedUrl], earlier);
    await crawlToEnd(fleet.db, await fleet.worker(), repeat, 60_000);
    expect(
      oracle
        .fetches()
        .slice(before)
        .map(({ path }) => path),
    ).toContain('/s.xml');
    expect(await filesOf(repeat)).toMatchObject([{ state: 'read', entries: 1 }]);
  });
});

describe('a sitemap without end', () => {
  it('is taken to ten times the budgets of links, and its traps by their spelling not at all', async () => {
    const oracle = await bareSite();
    const days = Array.from({ length: 60 }, (_, n) => `${oracle.origin}/calendar/${n}`);
    for (const day of days) oracle.set(new URL(day).pathname, page());
    const named = urlset(...days, `${oracle.origin}/a/a/a/a`);
    oracle.set('/s.xml', { body: named });
    const execution = await crawl([oracle.seedUrl], {
      traps: { maxPerDatePattern: 4 },
      sitemaps: { urls: [`${oracle.origin}/s.xml`] },
    });
    const rows = await fleet.db.system.withSystem(
      (tx) => tx.sql<{ skip_rule: string | null; n: number }[]>`
        select skip_rule, count(*)::int as n from url_discovery_log
        where execution_id = ${execution.executionId} and discovery_method = 'sitemap' group by 1 order by 2`,
    );
    expect(rows).toEqual([
      { skip_rule: 'traps.repeatedSegments: 3 times a', n: 1 },
      {
        skip_rule: `traps.maxPerDatePattern: 40 of ${new URL(oracle.origin).host}/calendar/{n}, by sitemaps`,
        n: 20,
      },
      { skip_rule: null, n: 40 },
    ]);
    const { counted, logged, skipped, log_skipped } = (await counters(execution)) as Record<string, number>;
    expect([counted, skipped]).toEqual([logged, log_skipped]);
  });
});

describe('mode sitemap', () => {
  it('crawls the seeds and what sitemaps name, and records the links without following them', async () => {
    const oracle = await bareSite();
    oracle.set('/', page('/named', '/not-named'));
    oracle.set('/named', page('/other'));
    oracle.set('/orphan', page('/named'));
    oracle.set('/s.xml', { body: urlset(`${oracle.origin}/named`, `${oracle.origin}/orphan`) });
    const execution = await crawl([oracle.seedUrl], {
      mode: 'sitemap',
      sitemaps: { urls: [`${oracle.origin}/s.xml`] },
    });
    const log = await logOf(execution);
    expect(log).toEqual({
      '/': 'seed 0',
      '/named': 'sitemap 1',
      '/not-named': 'link 1 not_in_sitemap',
      '/orphan': 'sitemap',
      '/other': 'link 2 not_in_sitemap',
    });
    expect([...pageFetches(oracle).keys()].map((url) => new URL(url).pathname).sort()).toEqual([
      '/',
      '/named',
      '/orphan',
      '/s.xml',
    ]);
    const { counted, logged, skipped, log_skipped } = (await counters(execution)) as Record<string, number>;
    expect([counted, skipped]).toEqual([logged, log_skipped]);
  });

  it('waits for where the seed redirects, so that the sitemap of the new host is in scope', async () => {
    const oracle = await fleet.site({ ...SMALL, pages: 1, linksPerPage: 0, hosts: 2 });
    const [first = '', second = ''] = oracle.origins;
    oracle.set('/old', { status: 301, headers: { location: `${second}/new` } });
    oracle.set('/new', page());
    oracle.set('/a', page());
    oracle.set('/s.xml', { body: urlset(`${second}/a`) });
    const execution = await crawl([`${first}/old`], {
      mode: 'sitemap',
      sitemaps: { urls: [`${first}/s.xml`] },
    });
    expect(await logOf(execution)).toMatchObject({ '/new': 'redirect 0', '/a': 'sitemap' });
  });
});

describe('bad sitemaps over HTTP', () => {
  it('X03: indexes that name each other are read once each, and no deeper than two below the first', async () => {
    const oracle = await bareSite();
    const at = (path: string): string => `${oracle.origin}${path}`;
    oracle.set('/i.xml', { body: index(at('/i.xml'), at('/i1.xml'), at('/leaf.xml')) });
    oracle.set('/i1.xml', { body: index(at('/i2.xml'), at('/i.xml')) });
    oracle.set('/i2.xml', { body: index(at('/i3.xml'), at('/i.xml')) });
    oracle.set('/leaf.xml', { body: urlset(at('/a')) });
    const execution = await crawl([oracle.seedUrl], { sitemaps: { urls: [at('/i.xml')] } });
    expect(await filesOf(execution)).toMatchObject([
      { url: at('/i.xml'), state: 'read', depth: 0, files_named: 2 },
      { url: at('/i1.xml'), state: 'read', depth: 1, files_named: 1 },
      { url: at('/leaf.xml'), state: 'read', depth: 1, format: 'urlset', entries: 1 },
      { url: at('/i2.xml'), state: 'read', depth: 2, files_named: 0, dropped: { index_depth: 2 } },
    ]);
    expect(pageFetches(oracle).get(at('/i.xml'))).toBe(1);
  });

  it('X03: of an index with 10,000 files 500 are put on the list, itself among them', async () => {
    const oracle = await bareSite();
    const many = Array.from({ length: 10_000 }, (_, n) => `${oracle.origin}/many/${n}.xml`);
    oracle.set('/many.xml', { body: index(...many) });
    const execution = await queueTestExecution(fleet.db, [oracle.seedUrl], {
      sitemaps: { urls: [`${oracle.origin}/many.xml`] },
    });
    const worker = await fleet.worker();
    const lane = worker.hear();
    const first = async (): Promise<FileRow | undefined> => (await filesOf(execution))[0];
    await expect.poll(first, { timeout: 20_000 }).toMatchObject({
      state: 'read',
      entries: 10_000,
      files_named: 499,
      dropped: { file_limit: 9_501 },
    });
    worker.drain();
    await lane;
    expect(await filesOf(execution)).toHaveLength(500);
  });

  it('X07: text that the database refuses costs a file neither its URLs nor its error', async () => {
    const oracle = await bareSite();
    const at = (path: string): string => `${oracle.origin}${path}`;
    const language = `${'x'.repeat(39)}😀`;
    const alternates = [
      `<xhtml:link rel="alternate" hreflang="de" href="${at('/\0de')}"/>`,
      `<xhtml:link rel="alternate" hreflang="${language}" href="${at('/en')}"/>`,
    ].join('');
    oracle.set('/s.xml', { body: `<urlset><url><loc>${at('/a')}</loc>${alternates}</url></urlset>` });
    oracle.set('/root.xml', { body: '<ro\0ot/>' });
    const execution = await crawl([oracle.seedUrl], { sitemaps: { urls: [at('/s.xml'), at('/root.xml')] } });
    expect(await filesOf(execution)).toMatchObject([
      { url: at('/s.xml'), state: 'read', urls_in_scope: 1, error_code: null },
      { url: at('/root.xml'), state: 'failed', error_code: 'sitemap_unknown_format' },
    ]);
  });

  it('X04: URLs of other hosts, private addresses and scripts are left out and counted', async () => {
    const oracle = await bareSite();
    const named = urlset(
      `${oracle.origin}/a`,
      `${oracle.origin}/a#again`,
      'http://other.test/x',
      'http://10.0.0.1/',
      'javascript:alert(1)',
      '/relative',
    );
    oracle.set('/s.xml', { body: named });
    const execution = await crawl([oracle.seedUrl], { sitemaps: { urls: [`${oracle.origin}/s.xml`] } });
    expect(await filesOf(execution)).toMatchObject([
      {
        entries: 6,
        urls_in_scope: 1,
        dropped: { duplicate: 1, out_of_scope: 2, unsupported_scheme: 1, invalid_url: 1 },
      },
    ]);
  });

  it('X05: a Sitemap line to a private address is refused, and one index cannot lead to other sites', async () => {
    const oracle = await bareSite();
    const trap = await fleet.site(SMALL);
    const strict = createAddressPolicy({ allowPrivateNetworks: false });
    const open = createAddressPolicy({ allowPrivateNetworks: true });
    const { port } = new URL(oracle.origin);
    // The site counts as public here, and nothing else does.
    const addressPolicy: AddressPolicy = {
      check: (address) => open.check(address),
      checkUrl: (url) => (new URL(url).port === port ? open : strict).checkUrl(url),
    };
    oracle.set('/i.xml', { body: index('http://elsewhere.test/s.xml') });
    robots(
      oracle,
      `Sitemap: ${trap.origin}/sitemap.xml`,
      'Sitemap: http://169.254.169.254/latest/meta-data/',
      'Sitemap: ftp://x.test/s.xml',
      `Sitemap: ${oracle.origin}/i.xml`,
    );
    const execution = await crawl(
      [oracle.seedUrl],
      {},
      {
        fetcher: { addressPolicy },
      },
    );
    const files = await filesOf(execution);
    expect(files.map(({ state, error_code: code, dropped }) => [state, code, dropped])).toEqual([
      ['failed', expect.stringMatching(/^blocked_/), {}],
      ['failed', 'blocked_address', {}],
      ['read', null, { other_site: 1 }],
    ]);
    expect(trap.fetches()).toEqual([]);
    expect(await errorsOf(execution)).toEqual([expect.stringMatching(/^blocked_/), 'blocked_address']);
  });

  it('a failing sitemap is an error of the campaign, and everything else goes on', async () => {
    const oracle = await bareSite();
    const at = (path: string): string => `${oracle.origin}${path}`;
    oracle.set('/', page('/a'));
    oracle.set('/a', page());
    oracle.set('/html.xml', { headers: { 'content-type': 'text/html' }, body: '<!doctype html><p>gone' });
    oracle.set('/busy.xml', { status: 500, body: '' });
    oracle.set('/moved.xml', { status: 301, headers: { location: '/new.xml' } });
    oracle.set('/new.xml', { body: urlset(at('/b')) });
    oracle.set('/away.xml', { status: 302, headers: { location: 'http://other.test/s.xml' } });
    const paths = ['/html.xml', '/missing.xml', '/busy.xml', '/moved.xml', '/away.xml'];
    const execution = await crawl([oracle.seedUrl], {
      fetch: { retries: 1 },
      sitemaps: { urls: paths.map(at) },
    });
    const files = await filesOf(execution);
    expect(
      Object.fromEntries(files.map((file) => [new URL(file.url).pathname, [file.state, file.error_code]])),
    ).toEqual({
      '/html.xml': ['failed', 'sitemap_html'],
      '/missing.xml': ['failed', 'http_404'],
      '/busy.xml': ['failed', 'http_500'],
      '/moved.xml': ['read', null],
      '/away.xml': ['failed', 'redirect_out_of_scope'],
      '/new.xml': ['read', null],
    });
    expect(files.find(({ url }) => url === at('/busy.xml'))?.attempt).toBe(2);
    expect((await errorsOf(execution)).filter((code) => code !== 'http_404').sort()).toEqual([
      'http_500',
      'redirect_out_of_scope',
      'sitemap_html',
    ]);
    expect(await logOf(execution)).toMatchObject({ '/a': 'link 1', '/b': 'sitemap' });
  }, 30_000);
});

describe('a sitemap in the hands of a worker that goes away', () => {
  it('is read again by the next one from its beginning, and nothing is lost or doubled', async () => {
    const oracle = await bareSite();
    const urls = Array.from({ length: 5_000 }, (_, n) => `${oracle.origin}/gone/${n}`);
    let served = 0;
    oracle.set('/s.xml', (_request, response) => {
      served += 1;
      response.writeHead(200, { 'content-type': 'application/xml' });
      if (served > 1) {
        response.end(urlset(...urls));
        return;
      }
      // The first time it stops in the middle.
      response.write(urlset(...urls).slice(0, 150_000));
    });
    const execution = await queueTestExecution(fleet.db, [oracle.seedUrl], {
      scope: { maxPages: 20 },
      sitemaps: { urls: [`${oracle.origin}/s.xml`] },
    });
    const named = async (): Promise<number> => {
      const [row] = await fleet.db.system.withSystem(
        (tx) => tx.sql<{ urls: number }[]>`
          select count(*)::int as urls from sitemap_urls where execution_id = ${execution.executionId}`,
      );
      return row?.urls ?? 0;
    };
    const first = await fleet.worker();
    const lane = first.hear();
    await expect.poll(named, { timeout: 20_000 }).toBeGreaterThanOrEqual(1_000);
    first.drain();
    await lane;
    expect(await filesOf(execution)).toMatchObject([{ state: 'pending', attempt: 0 }]);
    const second = await fleet.worker();
    const again = second.hear();
    const state = async (): Promise<string | undefined> => (await filesOf(execution))[0]?.state;
    await expect.poll(state, { timeout: 20_000 }).toBe('read');
    second.drain();
    await again;
    expect(await filesOf(execution)).toMatchObject([{ entries: 5_000, urls_in_scope: 5_000, attempt: 1 }]);
    expect(await named()).toBe(5_000);
    const { counted, logged } = (await counters(execution)) as Record<string, number>;
    expect([counted, logged]).toEqual([5_001, 5_001]);
  }, 60_000);
});

describe('the sitemaps of a site whose robots.txt is read for them alone', () => {
  const UNASKED = { politeness: { obeyRobots: false } };

  it('are noted, and no link of the page is lost, when the database goes away meanwhile', async () => {
    const oracle = await bareSite();
    oracle.set('/', page('/linked'));
    oracle.set('/linked', page());
    oracle.set('/s.xml', { body: urlset(`${oracle.origin}/orphan`) });
    const { app, system } = fleet.db;
    let asked = 0;
    oracle.set('/robots.txt', async (_, response) => {
      asked += 1;
      if (asked === 1) {
        // What is answered cannot be kept, since another session holds the table until both are ended.
        const holding = system.withSystem(async (tx) => {
          await tx.sql`lock table robots_files in share row exclusive mode`;
          response.end(`Sitemap: ${oracle.origin}/s.xml`);
          await tx.sql`select pg_sleep(60)`;
        });
        holding.catch(() => undefined);
        const waiting = (): Promise<unknown> =>
          app.withTenant(
            fleet.db.tenantId,
            (tx) => tx.sql`select 1 from pg_locks where relation = 'robots_files'::regclass and not granted`,
          );
        await expect.poll(waiting, { timeout: 10_000 }).toHaveLength(1);
        await fleet.db.terminateSessions('test system');
        return;
      }
      response.end(`Sitemap: ${oracle.origin}/s.xml`);
    });
    const execution = await queueTestExecution(fleet.db, [oracle.seedUrl], UNASKED);
    const worker = await fleet.worker();
    const lane = worker.hear();
    await expect
      .poll(() => logOf(execution), { timeout: 10_000 })
      .toEqual({ '/': 'seed 0', '/linked': 'link 1', '/orphan': 'sitemap' });
    worker.drain();
    await lane;
    expect(asked).toBe(2);
    expect(pageFetches(oracle).get(oracle.seedUrl)).toBe(1);
  });

  it('are noted when it answers at the second time of asking', async () => {
    const oracle = await bareSite();
    let asked = 0;
    oracle.set('/robots.txt', (_, response) => {
      asked += 1;
      if (asked === 1) response.writeHead(500).end();
      else response.end(`Sitemap: ${oracle.origin}/s.xml`);
    });
    oracle.set('/', page());
    oracle.set('/s.xml', { body: urlset(`${oracle.origin}/orphan`) });
    const execution = await crawl([oracle.seedUrl], { ...UNASKED, mode: 'sitemap' });
    expect(asked).toBe(2);
    expect(await logOf(execution)).toEqual({ '/': 'seed 0', '/orphan': 'sitemap' });
    expect(await errorsOf(execution)).toEqual(['http_404']);
    expect(pageFetches(oracle).get(oracle.seedUrl)).toBe(1);
  });

  it('are an error when it cannot be read at all, and the page is kept', async () => {
    const oracle = await bareSite();
    let asked = 0;
    oracle.set('/robots.txt', (_, response) => {
      asked += 1;
      response.writeHead(500).end();
    });
    oracle.set('/', page('/linked'));
    oracle.set('/linked', page());
    const execution = await crawl([oracle.seedUrl], { ...UNASKED, fetch: { retries: 1 } });
    expect(asked).toBe(2);
    expect(await errorsOf(execution)).toEqual(['robots_unreachable']);
    expect(await fleet.targets(execution)).toMatchObject([{ state: 'fetched' }, { state: 'fetched' }]);
    expect(pageFetches(oracle).get(oracle.seedUrl)).toBe(1);
  });

  it('are asked for anew when the worker drains before it can be read', async () => {
    const oracle = await bareSite();
    let asked = 0;
    oracle.set('/robots.txt', (_, response) => {
      asked += 1;
      response.writeHead(500).end();
    });
    oracle.set('/', page());
    const execution = await queueTestExecution(fleet.db, [oracle.seedUrl], {
      ...UNASKED,
      fetch: { retries: 10 },
    });
    const worker = await fleet.worker();
    const lane = worker.hear();
    await expect.poll(() => asked, { timeout: 10_000 }).toBe(1);
    worker.drain();
    await lane;
    expect(await fleet.targets(execution)).toMatchObject([{ state: 'pending' }]);
    robots(oracle, `Sitemap: ${oracle.origin}/s.xml`);
    oracle.set('/s.xml', { body: urlset(`${oracle.origin}/orphan`) });
    await crawlToEnd(fleet.db, await fleet.worker(), execution, 30_000);
    expect(await logOf(execution)).toEqual({ '/': 'seed 0', '/orphan': 'sitemap' });
    expect(await errorsOf(execution)).toEqual(['http_404']);
  });

  it('are noted when the worker drains meanwhile: the page is fetched once and has not failed', async () => {
    const oracle = await bareSite();
    let answer: (() => void) | null = null;
    oracle.set('/', page('/linked'));
    oracle.set('/robots.txt', (_, response) => {
      answer = () => response.end(`Sitemap: ${oracle.origin}/s.xml`);
    });
    const execution = await queueTestExecution(fleet.db, [oracle.seedUrl], UNASKED);
    const worker = await fleet.worker();
    const lane = worker.hear();
    await expect.poll(() => answer, { timeout: 10_000 }).not.toBeNull();
    worker.drain();
    setTimeout(() => answer?.(), 200);
    await lane;
    expect(await errorsOf(execution)).toEqual([]);
    expect(await filesOf(execution)).toMatchObject([
      { url: `${oracle.origin}/s.xml`, state: 'pending', attempt: 0 },
    ]);
    expect(await fleet.targets(execution)).toMatchObject([{ state: 'fetched' }, { state: 'pending' }]);
  });
});

describe('a sitemap on a frozen host', () => {
  it('waits until it is released, and its lane says why', async () => {
    const oracle = await fleet.site({ ...SMALL, pages: 1, linksPerPage: 0, hosts: 2 });
    const [first = '', second = ''] = oracle.origins;
    oracle.set('/s.xml', { body: urlset(`${first}/orphan`) });
    const execution = await queueTestExecution(fleet.db, [`${first}/`], {
      sitemaps: { urls: [`${second}/s.xml`] },
    });
    const { tenantId } = execution;
    const host = hostOf(second);
    await fleet.db.app.withTenant(tenantId, (tx) =>
      freezeHost(tx, tenantId, { host, reason: 'they called', until: null }),
    );
    const crawling = crawlToEnd(fleet.db, await fleet.worker({ leaseMs: 1_500 }), execution, 30_000);
    await expect
      .poll(async () => (await fleet.lane(execution))['waiting_reason'], { timeout: 10_000 })
      .toBe('host_frozen');
    expect(pageFetches(oracle).has(`${second}/s.xml`)).toBe(false);
    await fleet.db.app.withTenant(tenantId, (tx) => releaseHost(tx, tenantId, host));
    await crawling;
    expect(await logOf(execution)).toMatchObject({ '/orphan': 'sitemap' });
    expect(await filesOf(execution)).toMatchObject([{ state: 'read', attempt: 1 }]);
  });

  it('takes no place in its pace meanwhile, however many files wait', async () => {
    const oracle = await fleet.site({ ...SMALL, pages: 1, linksPerPage: 0, hosts: 2 });
    const [first = '', second = ''] = oracle.origins;
    const host = hostOf(second);
    const execution = await queueTestExecution(fleet.db, [`${first}/`], {
      politeness: { delayMs: 1_000 },
      sitemaps: { urls: Array.from({ length: 20 }, (_, n) => `${second}/${n}.xml`) },
    });
    const { tenantId } = execution;
    await fleet.db.app.withTenant(tenantId, (tx) =>
      freezeHost(tx, tenantId, { host, reason: 'they called', until: null }),
    );
    const worker = await fleet.worker({ leaseMs: 1_500 });
    const lane = worker.hear();
    await expect
      .poll(async () => (await fleet.lane(execution))['waiting_reason'], { timeout: 10_000 })
      .toBe('host_frozen');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const [row] = await fleet.db.system.withSystem(
      (tx) => tx.sql<{ taken: boolean }[]>`
        select coalesce(max(next_fetch_at) > now() + interval '1 s', false) as taken from crawl_hosts where host = ${host}`,
    );
    expect(row).toEqual({ taken: false });
    worker.drain();
    await lane;
  });
});
