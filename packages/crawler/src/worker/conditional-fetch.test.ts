import { recountCoverage } from '@outrider/db';
import { urlKey } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { crawlToEnd, queueTestExecution, type TestExecution } from '../testing/test-crawl.js';
import { useTestFleet } from '../testing/test-fleet.js';

const fleet = useTestFleet();
const SITE = {
  seed: 7,
  pages: 30,
  linksPerPage: 4,
  validators: true,
  plant: { notFound: 2, redirects: 3, noindex: 2, binary: 2, duplicates: 2, robotsTxt: 'User-agent: *\n' },
};
const CONDITIONAL = { fetch: { conditional: true } };

/** What was recorded of each page, without what belongs to one fetch. */
async function contentOf({ executionId }: TestExecution): Promise<Record<string, unknown>[]> {
  const rows = await fleet.db.system.withSystem(
    (tx) => tx.sql<{ row: Record<string, unknown> }[]>`
      select to_jsonb(result) - array['execution_id', 'fetched_at', 'ttfb_ms', 'total_ms', 'wire_bytes', 'response', 'status_code'] as row
      from crawl_results result where execution_id = ${executionId} order by url`,
  );
  return rows.map(({ row }) => row);
}

async function linksOf({ executionId }: TestExecution): Promise<Record<string, unknown>[]> {
  const rows = await fleet.db.system.withSystem(
    (tx) => tx.sql<{ row: Record<string, unknown> }[]>`
      select to_jsonb(link) - 'execution_id' as row from crawl_links link
      where execution_id = ${executionId} order by source_key`,
  );
  return rows.map(({ row }) => row);
}

/** The decisions on URLs, which the receipt is counted from. */
async function logOf({ executionId }: TestExecution): Promise<Record<string, unknown>[]> {
  return fleet.db.system.withSystem(
    (tx) => tx.sql<Record<string, unknown>[]>`
      select discovered_url, discovery_method, url_depth, is_internal, should_crawl, skip_reason, target.state
      from url_discovery_log log
      left join crawl_targets target on target.execution_id = log.execution_id and target.url_key = log.url_hash
      where log.execution_id = ${executionId} order by discovered_url`,
  );
}

async function receiptOf({ executionId }: TestExecution): Promise<object> {
  const { receipt, contradictions } = await fleet.db.system.withSystem((tx) =>
    recountCoverage(tx, executionId),
  );
  expect(contradictions).toBe(0);
  return receipt;
}

async function statuses({ executionId }: TestExecution): Promise<Map<string, number>> {
  const rows = await fleet.db.system.withSystem(
    (tx) => tx.sql<{ url: string; status_code: number }[]>`
      select url, status_code from crawl_results where execution_id = ${executionId}`,
  );
  return new Map(rows.map((row) => [row.url, row.status_code]));
}

async function responseOf({ executionId }: TestExecution, url: string): Promise<Record<string, unknown>> {
  const [row] = await fleet.db.system.withSystem(
    (tx) => tx.sql<{ response: Record<string, unknown> }[]>`
      select response from crawl_results where execution_id = ${executionId} and url_key = ${urlKey(url)}`,
  );
  return row?.response ?? {};
}

describe('a conditional execution', () => {
  it('of an unchanged site gets 304 for every page, and records what the one before it did', async () => {
    const site = await fleet.site(SITE);
    const worker = await fleet.worker();
    const first = await queueTestExecution(fleet.db, [site.seedUrl], CONDITIONAL);
    await crawlToEnd(fleet.db, worker, first);
    const second = await queueTestExecution(fleet.db, [site.seedUrl], CONDITIONAL, first);
    await crawlToEnd(fleet.db, worker, second);
    const third = await queueTestExecution(fleet.db, [site.seedUrl], CONDITIONAL, second);
    await crawlToEnd(fleet.db, worker, third);

    const before = await statuses(first);
    expect(before.size).toBeGreaterThan(30);
    for (const again of [second, third]) {
      const after = await statuses(again);
      expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
      for (const [url, status] of before)
        expect([url, after.get(url)]).toEqual([url, status === 200 ? 304 : status]);
      expect(await contentOf(again)).toEqual(await contentOf(first));
      expect(await linksOf(again)).toEqual(await linksOf(first));
      expect(await logOf(again)).toEqual(await logOf(first));
    }
    expect(await linksOf(first)).not.toEqual([]);
    const [receipt, carried] = await Promise.all([receiptOf(first), receiptOf(third)]);
    expect({ ...carried, fetchedByStatus: null }).toEqual({ ...receipt, fetchedByStatus: null });
    expect(await responseOf(second, site.seedUrl)).toMatchObject({
      notModified: true,
      carriedFrom: first.executionId,
      etag: (await responseOf(first, site.seedUrl))['etag'],
      truncated: false,
    });
  });

  it('finds a link that was added to a page, and carries the other pages over', async () => {
    const site = await fleet.site(SITE);
    const worker = await fleet.worker();
    const first = await queueTestExecution(fleet.db, [site.seedUrl], CONDITIONAL);
    await crawlToEnd(fleet.db, worker, first);
    const page = site.urlsOf('page')[3] ?? '';
    const headers = { 'content-type': 'text/html' };
    site.set(new URL(page).pathname, { headers, body: '<a href="/added">new</a>' });
    site.set('/added', { headers, body: '<title>Added</title>' });
    const second = await queueTestExecution(fleet.db, [site.seedUrl], CONDITIONAL, first);
    await crawlToEnd(fleet.db, worker, second);
    const after = await statuses(second);
    expect(after.get(page)).toBe(200);
    expect(after.get(`${site.origin}/added`)).toBe(200);
    expect(after.get(site.seedUrl)).toBe(304);
    expect(await responseOf(second, page)).toMatchObject({ notModified: false });
  });

  it.each([
    ['without the option', {}],
    ['whose scope is another', { ...CONDITIONAL, scope: { maxDepth: 19 } }],
    [
      'that obeys the robots directives for another token',
      { ...CONDITIONAL, politeness: { robotsToken: 'OtherBot' } },
    ],
  ])('%s asks for everything anew', async (_, config) => {
    const site = await fleet.site(SITE);
    const worker = await fleet.worker();
    const first = await queueTestExecution(fleet.db, [site.seedUrl], CONDITIONAL);
    await crawlToEnd(fleet.db, worker, first);
    const second = await queueTestExecution(fleet.db, [site.seedUrl], config, first);
    await crawlToEnd(fleet.db, worker, second);
    expect([...(await statuses(second)).values()]).not.toContain(304);
  });

  it('asks for everything anew after an execution that rendered its pages', async () => {
    const site = await fleet.site({ seed: 1, pages: 1, linksPerPage: 0, validators: true });
    const worker = await fleet.worker();
    const first = await queueTestExecution(fleet.db, [site.seedUrl], CONDITIONAL);
    await crawlToEnd(fleet.db, worker, first);
    await fleet.db.system.withSystem(
      (tx) => tx.sql`
        update campaign_executions set config = jsonb_set(config, '{renderer}', '"browser"') where id = ${first.executionId}`,
    );
    const second = await queueTestExecution(fleet.db, [site.seedUrl], CONDITIONAL, first);
    await crawlToEnd(fleet.db, worker, second);
    expect([...(await statuses(second)).values()]).toEqual([200]);
  });

  it('gets a page whole when its record was deleted between the question and the answer', async () => {
    const site = await fleet.site({ seed: 1, pages: 1, linksPerPage: 0, validators: true });
    const worker = await fleet.worker();
    const first = await queueTestExecution(fleet.db, [site.seedUrl], CONDITIONAL);
    await crawlToEnd(fleet.db, worker, first);
    const etag = String((await responseOf(first, site.seedUrl))['etag']);
    let asked = 0;
    site.set('/', async (request, response) => {
      asked += 1;
      if (request.headers['if-none-match'] !== etag) {
        response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Whole</title>');
        return;
      }
      await fleet.db.system.withSystem(
        (tx) => tx.sql`delete from crawl_results where execution_id = ${first.executionId}`,
      );
      response.writeHead(304, { etag }).end();
    });
    const second = await queueTestExecution(fleet.db, [site.seedUrl], CONDITIONAL, first);
    await crawlToEnd(fleet.db, worker, second);
    expect(asked).toBe(2);
    expect(await contentOf(second)).toMatchObject([{ title: 'Whole', attempt: 1 }]);
  });

  /** A page that answers 304 to who knows it, and what it is asked with. */
  async function knownPage(first: { readonly headers?: Record<string, string>; readonly body?: string }) {
    const site = await fleet.site({ seed: 1, pages: 1, linksPerPage: 0 });
    const now = { headers: first.headers ?? {}, body: first.body ?? '<title>A page</title>' };
    const asked: string[] = [];
    site.set('/', (request, response) => {
      const known = request.headers['if-none-match'];
      asked.push(known ?? 'whole');
      const headers = { etag: '"1"', 'content-type': 'text/html', ...now.headers };
      response.writeHead(known === undefined ? 200 : 304, headers).end(known === undefined ? now.body : '');
    });
    return { site, now, asked };
  }

  async function verdictOf({ executionId }: TestExecution): Promise<Record<string, unknown> | undefined> {
    const [row] = await fleet.db.system.withSystem(
      (tx) => tx.sql`
        select status_code, indexable, indexability_reason as reason, attempt from crawl_results
        where execution_id = ${executionId} order by length(url) limit 1`,
    );
    return row;
  }

  it.each([
    ['X-Robots-Tag', { 'x-robots-tag': 'noindex, nofollow' }, 'noindex'],
    ['Link', { link: '</other>; rel="canonical"' }, 'canonicalised'],
    ['Refresh', { refresh: '0; url=/other' }, 'redirect'],
  ])('gets a page whole whose 304 comes with another %s', async (_, headers, reason) => {
    const { site, now, asked } = await knownPage({});
    const worker = await fleet.worker();
    const first = await queueTestExecution(fleet.db, [site.seedUrl], CONDITIONAL);
    await crawlToEnd(fleet.db, worker, first);
    expect(await verdictOf(first)).toMatchObject({ status_code: 200, indexable: true });
    now.headers = headers;
    const second = await queueTestExecution(fleet.db, [site.seedUrl], CONDITIONAL, first);
    await crawlToEnd(fleet.db, worker, second);
    expect(await verdictOf(second)).toEqual({ status_code: 200, indexable: false, reason, attempt: 1 });
    expect(asked).toEqual(['whole', '"1"', 'whole']);
    const third = await queueTestExecution(fleet.db, [site.seedUrl], CONDITIONAL, second);
    await crawlToEnd(fleet.db, worker, third);
    expect(await verdictOf(third)).toEqual({ status_code: 304, indexable: false, reason, attempt: 1 });
    expect(asked).toHaveLength(4);
  });

  it('gets a page whole whose unavailable_after has passed since', async () => {
    const until = (year: number) => `<meta name="robots" content="unavailable_after: ${year}-01-01">`;
    const { site, now, asked } = await knownPage({ body: until(2990) });
    const worker = await fleet.worker();
    const first = await queueTestExecution(fleet.db, [site.seedUrl], CONDITIONAL);
    await crawlToEnd(fleet.db, worker, first);
    expect(await verdictOf(first)).toMatchObject({ indexable: true });
    now.body = until(1990);
    await fleet.db.system.withSystem(
      (tx) => tx.sql`
        update crawl_results set page = replace(page::text, '2990', '1990')::jsonb where execution_id = ${first.executionId}`,
    );
    const second = await queueTestExecution(fleet.db, [site.seedUrl], CONDITIONAL, first);
    await crawlToEnd(fleet.db, worker, second);
    expect(await verdictOf(second)).toMatchObject({ status_code: 200, reason: 'noindex' });
    const third = await queueTestExecution(fleet.db, [site.seedUrl], CONDITIONAL, second);
    await crawlToEnd(fleet.db, worker, third);
    expect(await verdictOf(third)).toMatchObject({ status_code: 304, reason: 'noindex' });
    expect(asked).toEqual(['whole', '"1"', 'whole', '"1"']);
  });

  it('asks without a validator for what answered 304 to a plain request', async () => {
    const { site, asked } = await knownPage({});
    const worker = await fleet.worker();
    const page = '<title>A page</title>';
    let isBroken = true;
    site.set('/', (request, response) => {
      const known = request.headers['if-none-match'];
      asked.push(known ?? 'whole');
      const status = isBroken || known !== undefined ? 304 : 200;
      response
        .writeHead(status, { etag: '"1"', 'content-type': 'text/html' })
        .end(status === 200 ? page : '');
    });
    const first = await queueTestExecution(fleet.db, [site.seedUrl], CONDITIONAL);
    await crawlToEnd(fleet.db, worker, first);
    expect(await verdictOf(first)).toMatchObject({ status_code: 304, reason: 'no_response' });
    isBroken = false;
    const second = await queueTestExecution(fleet.db, [site.seedUrl], CONDITIONAL, first);
    await crawlToEnd(fleet.db, worker, second);
    expect(await verdictOf(second)).toMatchObject({ status_code: 200, indexable: true });
    expect(asked).toEqual(['whole', 'whole']);
  });

  it('is an error and no redirect when a server answers 304 though nothing was known of the page', async () => {
    const site = await fleet.site({ seed: 1, pages: 1, linksPerPage: 0 });
    site.set('/', (_, response) => {
      response.writeHead(304, { etag: '"1"' }).end();
    });
    const worker = await fleet.worker();
    const execution = await queueTestExecution(fleet.db, [site.seedUrl], CONDITIONAL);
    await crawlToEnd(fleet.db, worker, execution);
    const [found] = await fleet.db.system.withSystem(
      (tx) => tx.sql`
        select status_code, indexable, indexability_reason, error_type, error_code
        from crawl_results result join campaign_errors error on error.execution_id = result.execution_id
        where result.execution_id = ${execution.executionId}`,
    );
    expect(found).toEqual({
      ...{ status_code: 304, indexable: false, indexability_reason: 'no_response' },
      ...{ error_type: 'http', error_code: 'unasked_not_modified' },
    });
  });
});
