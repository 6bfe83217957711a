import { newId, PAGE_SORTS, type PageSort, urlKey } from '@outrider/shared';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Tx } from '../connect/database.js';
import type { DiscoveredFilter } from '../discovered/discovered-filter.js';
import { listDiscoveredUrls } from '../discovered/list-discovered-urls.js';
import { type ErrorFilter, listErrors } from '../errors/list-errors.js';
import { listPages } from '../pages/list-pages.js';
import type { PageFilter } from '../pages/page-filter.js';
import { plantExecution } from '../testing/plant-execution.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import type { Place, Slice } from './slice.js';

const URLS = 400;
const NEVER = '2100-01-01T00:00:00Z';
const LONG_AGO = '2000-01-01T00:00:00Z';

let db: TestDatabase;
let executionId: string;
let campaignId: string;

/** One URL in every mixture of the filters' values, as the number of the URL decides. */
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
  ({ executionId, campaignId } = await plantExecution(db, {}));
  const urls = Array.from({ length: URLS }, (_, number) => `https://h${number % 7}.test/${number}`);
  const keys = urls.map(urlKey);
  const ids = urls.map(() => newId());
  await db.app.withTenant(db.tenantId, async ({ sql }) => {
    const [execution, tenant, campaign] = [executionId, db.tenantId, campaignId];
    const planted = sql`
      unnest(${keys}::uuid[], ${urls}::text[], ${ids}::uuid[]) with ordinality as planted (key, url, id, place)
      cross join lateral (select place::int - 1 as n, 'h' || (place::int - 1) % 7 || '.test' as host) as numbered`;
    await sql`
      insert into url_discovery_log (execution_id, url_hash, tenant_id, campaign_id, discovered_url, host, source_url,
        discovery_method, url_depth, is_internal, should_crawl, skip_reason)
      select ${execution}, key, ${tenant}, ${campaign}, url, host, null,
        (array['link', 'link', 'link', 'redirect', 'sitemap'])[n % 5 + 1], n % 4, n % 6 <> 0, n % 3 <> 0,
        case when n % 3 = 0 then (array['robots_txt', 'out_of_scope', 'trap'])[n / 3 % 3 + 1] end
      from ${planted}`;
    await sql`
      insert into crawl_targets (execution_id, url_key, tenant_id, url, host, depth, state, lane_id, settled_at)
      select ${execution}, key, ${tenant}, url, host, n % 4, state, case when state = 'leased' then gen_random_uuid() end,
        case when state in ('fetched', 'failed', 'skipped') then now() end
      from ${planted} cross join lateral (select case when n % 3 = 0 then 'skipped' when n % 29 = 0 then 'failed'
        when n % 31 = 0 then 'leased' when n % 37 = 0 then 'pending' else 'fetched' end as state) as target
      where n % 9 <> 0`;
    await sql`
      insert into crawl_results (execution_id, url_key, tenant_id, campaign_id, url, host, depth, status_code, content_type,
        is_html, fetched_at, total_ms, title, indexable, indexability_reason, soft404_score, response)
      select ${execution}, key, ${tenant}, ${campaign}, url, host, n % 4,
        (array[200, 200, 301, 404, 410, 500, 503, 200])[n % 8 + 1], (array['text/html', 'application/pdf; x=1'])[(n % 5 = 0)::int + 1],
        n % 5 <> 0, now(), n % 10, case when n % 11 <> 0 then 'Title' end, n % 2 = 0, case when n % 2 = 1 then 'noindex' end,
        n % 13 / 13.0, '{}'
      from ${planted} where n % 3 <> 0`;
    await sql`
      insert into campaign_errors (id, tenant_id, campaign_id, execution_id, error_type, severity, error_code,
        error_message, url, url_hash, host, http_status_code, resolved, resolved_at)
      select id, ${tenant}, ${campaign}, ${execution}, (array['http', 'timeout'])[n % 2 + 1],
        (array['info', 'warning', 'critical'])[n % 3 + 1], 'code_' || n % 4, 'planted', url, key, host,
        case when n % 2 = 0 then 404 end, n % 5 = 0, case when n % 5 = 0 then now() end
      from ${planted}`;
  });
});
afterAll(() => db.drop());

const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
  db.app.withTenant(db.tenantId, work, { readOnly: true });

type Filter<F> = Omit<F, 'executionId' | 'campaignId' | 'sort' | 'limit' | 'after' | 'rowsLookedAt'>;
interface Bounds {
  readonly limit: number;
  readonly rowsLookedAt: number;
}

/** Every item of a list, a slice at a time. */
async function walk<T>(
  read: (tx: Tx, part: Bounds & { after: Place | null }) => Promise<Slice<T>>,
  bounds: Bounds,
): Promise<T[]> {
  const items: T[] = [];
  let after: Place | null = null;
  do {
    const part = { ...bounds, after };
    const slice: Slice<T> = await within((tx) => read(tx, part));
    expect(slice.items.length).toBeLessThanOrEqual(bounds.limit);
    items.push(...slice.items);
    after = slice.next;
  } while (after !== null);
  return items;
}

const pages = (filter: Filter<PageFilter>, sort: PageFilter['sort'], bounds: Bounds) =>
  walk((tx, part) => listPages(tx, { executionId, sort, ...filter, ...part }), bounds);
const discovered = (filter: Filter<DiscoveredFilter>, bounds: Bounds) =>
  walk((tx, part) => listDiscoveredUrls(tx, { executionId, ...filter, ...part }), bounds);
const errors = (filter: Filter<ErrorFilter> & { executionId?: string }, bounds: Bounds) =>
  walk((tx, part) => listErrors(tx, { campaignId, ...filter, ...part }), bounds);

const ALL: Bounds = { limit: 1_000, rowsLookedAt: 1_000 };
const smallBounds: fc.Arbitrary<Bounds> = fc.record({
  limit: fc.integer({ min: 2, max: 40 }),
  rowsLookedAt: fc.integer({ min: 3, max: 80 }),
});
const host = fc.constantFrom('h0.test', 'h3.test', 'nowhere.test');
const urlContains = fc.constantFrom('/7', 'H2.TEST', 'nothing');
const since = fc.constantFrom(LONG_AGO, NEVER);
const until = since;
/** Up to three filters at once. */
const some = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> =>
  fc
    .record(model)
    .chain((all) =>
      fc
        .subarray(Object.keys(model) as (keyof T)[], { maxLength: 3 })
        .map((names) => Object.fromEntries(names.map((name) => [name, all[name]])) as Partial<T>),
    );
const contains = (text: string, part: string): boolean => text.toLowerCase().includes(part.toLowerCase());
const isIn = (
  time: string,
  { since: from = LONG_AGO, until: to = NEVER }: { since?: string; until?: string },
) => from <= time && time < to;

describe('a list that is read a bounded part at a time has each row of its filter once and in order:', () => {
  it('pages', async () => {
    const all = await pages({}, 'url_key', ALL);
    expect(all.map((page) => page.urlKey)).toEqual([...all.map((page) => page.urlKey)].sort());
    expect(all).toHaveLength(266);
    const filter = some({
      ...{ host, urlContains, since, until, indexable: fc.boolean(), titleMissing: fc.boolean() },
      ...{ soft404: fc.boolean(), html: fc.boolean(), depth: fc.constantFrom(0, 2, 9) },
      status: fc.constantFrom('404', '4xx', '5xx', '200', '2xx', '1xx'),
      contentType: fc.constantFrom('text/html', 'Application/PDF', 'image/png'),
      indexabilityReason: fc.constantFrom(
        'noindex' as const,
        'client_error' as const,
        'server_error' as const,
      ),
    });
    const passes = (page: (typeof all)[number], wanted: Filter<PageFilter>): boolean => {
      const { statusCode: status, indexabilityReason: reason } = page;
      const byStatus = status >= 500 ? 'server_error' : status >= 400 ? 'client_error' : reason;
      const checks: Record<keyof Filter<PageFilter>, boolean> = {
        host: page.host === wanted.host,
        urlContains: contains(page.url, wanted.urlContains ?? ''),
        ...{ since: isIn(page.fetchedAt, { since: wanted.since ?? '' }) },
        until: isIn(page.fetchedAt, { until: wanted.until ?? '' }),
        indexable: page.indexable === wanted.indexable,
        titleMissing: page.isHtml && (page.title === null) === wanted.titleMissing,
        soft404: (page.soft404Score ?? 0) >= 0.5 === wanted.soft404,
        html: page.isHtml === wanted.html,
        depth: page.depth === wanted.depth,
        status:
          contains(String(status), (wanted.status ?? '').replaceAll('x', '')) &&
          wanted.status?.[0] === String(status)[0],
        contentType: contains(page.contentType ?? '', wanted.contentType ?? ''),
        indexabilityReason: byStatus === wanted.indexabilityReason && (status >= 400 || !page.indexable),
      };
      return Object.keys(wanted).every((name) => checks[name as keyof typeof checks]);
    };
    const sorted = new Map<PageSort, typeof all>();
    for (const sort of PAGE_SORTS) sorted.set(sort, await pages({}, sort, ALL));
    const timesOf = (sort: PageSort) => sorted.get(sort)?.map(({ totalMs }) => totalMs) ?? [];
    const statusesOf = (sort: PageSort) => sorted.get(sort)?.map(({ statusCode }) => statusCode) ?? [];
    const upward = (a: number, b: number): number => a - b;
    expect(timesOf('fastest')).toEqual(all.map(({ totalMs }) => totalMs).sort(upward));
    expect(timesOf('slowest')).toEqual(timesOf('fastest').reverse());
    expect(statusesOf('status')).toEqual(all.map(({ statusCode }) => statusCode).sort(upward));
    expect(statusesOf('status_desc')).toEqual(statusesOf('status').reverse());
    await fc.assert(
      fc.asyncProperty(filter, fc.constantFrom(...PAGE_SORTS), smallBounds, async (wanted, sort, bounds) => {
        const expected = sorted.get(sort)?.filter((page) => passes(page, wanted));
        expect(await pages(wanted, sort, bounds)).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });

  it('discovered URLs', async () => {
    const all = await discovered({}, ALL);
    expect(all).toHaveLength(URLS);
    const filter = some({
      ...{ host, urlContains, since, until, shouldCrawl: fc.boolean(), isInternal: fc.boolean() },
      skipReason: fc.constantFrom('robots_txt' as const, 'trap' as const, 'depth_limit' as const),
      state: fc.constantFrom(...(['pending', 'leased', 'fetched', 'failed', 'skipped'] as const)),
      discoveryMethod: fc.constantFrom('link' as const, 'sitemap' as const, 'canonical' as const),
    });
    const passes = (url: (typeof all)[number], wanted: Filter<DiscoveredFilter>): boolean => {
      const { host: _host, urlContains: part = '', since: from, until: to, ...fields } = wanted;
      return (
        (wanted.host === undefined || new URL(url.discoveredUrl).host === wanted.host) &&
        contains(url.discoveredUrl, part) &&
        (from === undefined || isIn(url.discoveredAt, { since: from })) &&
        (to === undefined || isIn(url.discoveredAt, { until: to })) &&
        Object.entries(fields).every(([name, value]) => url[name as keyof typeof fields] === value)
      );
    };
    await fc.assert(
      fc.asyncProperty(filter, smallBounds, async (wanted, bounds) => {
        const expected = all.filter((url) => passes(url, wanted));
        expect(await discovered(wanted, bounds)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('errors', async () => {
    const all = await errors({}, ALL);
    expect(all).toHaveLength(URLS);
    const filter = some({
      ...{ host, urlContains, resolved: fc.boolean(), status: fc.constantFrom('404', '4xx', '5xx') },
      ...{
        severity: fc.constantFrom('critical' as const, 'error' as const),
        executionId: fc.constant(executionId),
      },
      ...{
        errorType: fc.constantFrom('http' as const, 'parsing' as const),
        errorCode: fc.constant('code_3'),
      },
    });
    await fc.assert(
      fc.asyncProperty(filter, smallBounds, async (wanted, bounds) => {
        const { host: at, urlContains: part = '', status, ...fields } = wanted;
        const expected = all.filter(
          (error) =>
            (at === undefined || new URL(error.url ?? '').host === at) &&
            contains(error.url ?? '', part) &&
            (status === undefined || String(error.httpStatusCode)[0] === status[0]) &&
            Object.entries(fields).every(([name, value]) => error[name as keyof typeof fields] === value),
        );
        expect(await errors(wanted, bounds)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });
});

it('a part that holds nothing of the filter says where to go on, and the last one that there is no more', async () => {
  const read = (after: Place | null) =>
    within((tx) =>
      listPages(tx, {
        executionId,
        sort: 'url_key',
        limit: 10,
        after,
        urlContains: 'nothing',
        rowsLookedAt: 200,
      }),
    );
  const first = await read(null);
  expect(first.items).toEqual([]);
  expect(first.next).not.toBeNull();
  expect(await read(first.next)).toEqual({ items: [], next: null });
});
