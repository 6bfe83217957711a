import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { decodePageLinks } from '@outrider/db';
import { createTestDatabase, type TestDatabase } from '@outrider/db/testing';
import { type Oracle, type Reply, type RouteFunction, startOracle } from '@outrider/oracle';
import { urlKey } from '@outrider/shared';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type AddressPolicy, createAddressPolicy } from '../fetch/address-policy.js';
import type { Fetcher } from '../fetch/fetcher.js';
import type { HostResolver } from '../fetch/host-resolver.js';
import { BAD_SERVERS, HEAVY_SERVERS } from '../testing/bad-servers.js';
import { crawlToEnd, queueTestExecution, startTestWorker } from '../testing/test-crawl.js';
import type { CrawlWorker } from './crawl-worker.js';

/**
 * A site of its own for each case: `/start/<id>` links to what is bad and to `/rest/<id>`, which must be
 * crawled whatever becomes of the other. In all texts {id}, {origin}, {host} and {port} stand for the case
 * and its site, {trap} for the port of a site that must never be reached, {x123} for 123 letters.
 */
interface BadInput {
  readonly id: string;
  readonly input: {
    /** Default `/{id}`. */
    readonly link?: string;
    readonly routes?: Readonly<Record<string, Reply>>;
    readonly behaviours?: Readonly<Record<string, string>>;
    readonly robots?: Reply | 'hang' | 'reset';
    readonly fetch?: Readonly<Record<string, number>>;
    readonly scope?: Readonly<Record<string, unknown>>;
  };
  readonly expected: {
    /** Default `{origin}/{id}`. */
    readonly url?: string;
    /** State and status, code or reason; `absent` for a URL that is not in the log. */
    readonly verdict?: string;
    /** Codes of the URL's errors, in order. Default: none. */
    readonly errors?: readonly string[];
    /** Verdicts on other URLs. */
    readonly also?: Readonly<Record<string, string>>;
    /** Rules that skipped URLs. */
    readonly rule?: Readonly<Record<string, string>>;
    /** Verdict on `/rest/<id>`. Default `fetched 200`. */
    readonly rest?: string;
    /** Requests for the URL's path that the site saw. */
    readonly hits?: number;
    /** The problem of the link, which leads to no URL. */
    readonly link?: string;
    readonly title?: string;
    readonly truncated?: boolean;
    /** Links recorded of the page. */
    readonly links?: number;
    /** URL that the redirect is known to lead to. */
    readonly alias?: string;
    /** Codes of the errors of other URLs. */
    readonly errorsOf?: Readonly<Record<string, readonly string[]>>;
    /** How other URLs were discovered. */
    readonly method?: Readonly<Record<string, string>>;
    /** Status and type of the last hop that led to other URLs. */
    readonly hops?: Readonly<Record<string, string>>;
    /** Fields of the recorded response. */
    readonly response?: Readonly<Record<string, unknown>>;
  };
}

const FILE = new URL('../../../../fixtures/bad-inputs/crawl.json', import.meta.url);
const CASES = JSON.parse(readFileSync(FILE, 'utf8')) as readonly BadInput[];

const POLICY = createAddressPolicy({ allowPrivateNetworks: false });
const RECORDS: Readonly<Record<string, readonly string[]>> = {
  'two-records.test': ['127.0.1.1', '127.0.0.1'],
  'bad-aaaa.test': ['127.0.1.1', '::1'],
};

let db: TestDatabase;
let oracle: Oracle;
/** On 127.0.0.1, where nothing may be fetched. */
let trap: Oracle;
let worker: CrawlWorker;
let fetcher: Fetcher;
const handlers = new Map<string, Reply | 'hang' | 'reset' | RouteFunction>();

/** The policy of the outside world, in which the sites of the cases are public. */
function strictPolicy(): AddressPolicy {
  const sites = /^127\.0\.1\.\d+$/;
  return {
    check: (address) => (sites.test(address) ? { allowed: true } : POLICY.check(address)),
    checkUrl(input) {
      const url = new URL(input);
      if (sites.test(url.hostname)) return { allowed: true };
      const verdict = POLICY.checkUrl(url);
      const ours = [oracle, trap].some(({ origin }) => new URL(origin).port === url.port);
      return !verdict.allowed && verdict.reason === 'blocked_port' && ours ? { allowed: true } : verdict;
    },
  };
}

const resolve: HostResolver = async (hostname) => {
  const records = RECORDS[hostname];
  if (records === undefined) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
  return records.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
};

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
  const plan = { seed: 1, pages: 1, linksPerPage: 1 };
  oracle = await startOracle({ ...plan, hosts: CASES.length }, { host: '127.0.1.1' });
  trap = await startOracle(plan);
  ({ worker, fetcher } = startTestWorker(db, {
    fetcher: { addressPolicy: strictPolicy(), resolve },
  }));
  await worker.start();
  oracle.set('/robots.txt', robotsOfHost);
});
afterAll(async () => {
  await worker.stop();
  await fetcher.close();
  await oracle.close();
  await trap.close();
  await db.drop();
});

/** Each case has its own robots.txt: the route of a path is that of all hosts. */
function robotsOfHost(request: IncomingMessage, response: ServerResponse): void {
  const handler = handlers.get(request.headers.host ?? '') ?? { status: 404 };
  if (handler === 'hang') return;
  if (handler === 'reset') request.socket.resetAndDestroy();
  else if (typeof handler !== 'function') response.writeHead(handler.status ?? 200).end(handler.body ?? '');
}

function fill(text: string, id: string, origin: string): string {
  const { hostname, port } = new URL(origin);
  return text
    .replaceAll('{id}', id)
    .replaceAll('{origin}', origin)
    .replaceAll('{host}', hostname)
    .replaceAll('{port}', port)
    .replaceAll('{trap}', new URL(trap.origin).port)
    .replace(/\{x(\d+)\}/g, (_, count: string) => 'x'.repeat(Number(count)));
}

function prepare(badInput: BadInput, origin: string): BadInput {
  return JSON.parse(fill(JSON.stringify(badInput), badInput.id, origin)) as BadInput;
}

/** Serves the case, and returns its seed. */
function serve({ id, input }: BadInput, origin: string): string {
  const href = (input.link ?? `/${id}`).replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const headers = { 'content-type': 'text/html; charset=utf-8' };
  oracle.set(`/start/${id}`, { headers, body: `<a href="${href}">bad</a><a href="/rest/${id}">rest</a>` });
  oracle.set(`/rest/${id}`, { headers, body: '<title>The rest</title>' });
  for (const [path, reply] of Object.entries(input.routes ?? {})) {
    if (path !== `/start/${id}`) oracle.set(path, reply);
  }
  for (const [path, name] of Object.entries(input.behaviours ?? {})) {
    const make = BAD_SERVERS[name];
    if (make === undefined) throw new RangeError(`there is no server "${name}"`);
    oracle.set(path, make());
  }
  if (input.robots !== undefined) handlers.set(new URL(origin).host, input.robots);
  return `${origin}/start/${id}`;
}

async function verdictOn(executionId: string, url: string): Promise<string> {
  const [row] = await db.system.withSystem(
    (tx) => tx.sql<{ state: string; detail: string | null }[]>`
      select case when log.should_crawl then target.state else 'skipped' end as state,
        coalesce(log.skip_reason, target.failure_code, result.status_code::text) as detail
      from url_discovery_log log
      left join crawl_targets target on target.execution_id = log.execution_id and target.url_key = log.url_hash
      left join crawl_results result on result.execution_id = log.execution_id and result.url_key = log.url_hash
      where log.execution_id = ${executionId} and log.url_hash = ${urlKey(url)}`,
  );
  return row === undefined ? 'absent' : [row.state, row.detail].join(' ').trim();
}

async function errorsOf(executionId: string, url: string): Promise<string[]> {
  const rows = await db.system.withSystem(
    (tx) => tx.sql<{ error_code: string }[]>`
      select error_code from campaign_errors where execution_id = ${executionId} and url = ${url} order by id`,
  );
  return rows.map(({ error_code }) => error_code);
}

/** Whatever else a case says about the record of its URL. */
async function recordOf(executionId: string, url: string): Promise<Partial<BadInput['expected']>> {
  const [row] = await db.system.withSystem(
    (tx) => tx.sql<
      {
        title: string | null;
        redirect_key: string | null;
        truncated: boolean;
        links: number;
        response: Record<string, unknown>;
      }[]
    >`
      select title, redirect_key, response, (response ->> 'truncated')::boolean as truncated,
        (select coalesce(sum(link_count), 0)::int from crawl_links where execution_id = ${executionId} and source_key = ${urlKey(url)}) as links
      from crawl_results where execution_id = ${executionId} and url_key = ${urlKey(url)}`,
  );
  if (row === undefined) return {};
  const { redirect_key: key, title, truncated, links, response } = row;
  return {
    links,
    truncated,
    response,
    ...(title === null ? {} : { title }),
    ...(key === null ? {} : { alias: key }),
  };
}

async function run(badInput: BadInput, origin: string): Promise<void> {
  const seed = serve(badInput, origin);
  const { id, input, expected } = badInput;
  const execution = await queueTestExecution(db, [seed], {
    scope: input.scope ?? {},
    fetch: { retries: 0, ...input.fetch },
  });
  await crawlToEnd(db, worker, execution, 25_000);
  const { executionId } = execution;
  const url = expected.url ?? `${origin}/${id}`;
  const seen = {
    verdict: await verdictOn(executionId, url),
    errors: await errorsOf(executionId, url),
    rest: await verdictOn(executionId, `${origin}/rest/${id}`),
    also: {} as Record<string, string>,
  };
  for (const other of Object.keys(expected.also ?? {}))
    seen.also[other] = await verdictOn(executionId, other);
  expect(seen).toEqual({
    verdict: expected.verdict ?? 'absent',
    errors: expected.errors ?? [],
    rest: expected.rest ?? 'fetched 200',
    also: expected.also ?? {},
  });
  await expectDetails(badInput, executionId, url);
}

async function expectDetails({ id, expected }: BadInput, executionId: string, url: string): Promise<void> {
  const { title, truncated, links, alias, response } = expected;
  const wanted = {
    title,
    truncated,
    links,
    response,
    alias: alias === undefined ? undefined : urlKey(alias),
  };
  const record = await recordOf(executionId, url);
  expect(record).toMatchObject(JSON.parse(JSON.stringify(wanted)) as object);
  if (expected.hits !== undefined) {
    const hits = oracle.fetches().filter(({ path }) => path.split('?', 1)[0] === `/${id}`);
    expect(hits).toHaveLength(expected.hits);
  }
  const rows = await db.system.withSystem(
    (tx) => tx.sql<{ url: string; rule: string }[]>`
      select discovered_url as url, skip_rule as rule from url_discovery_log where execution_id = ${executionId}`,
  );
  for (const [skipped, rule] of Object.entries(expected.rule ?? {})) {
    expect(rows.find((row) => row.url === skipped)?.rule).toBe(rule);
  }
  for (const [other, codes] of Object.entries(expected.errorsOf ?? {})) {
    expect(await errorsOf(executionId, other)).toEqual(codes);
  }
  await expectWay(executionId, expected);
  if (expected.link === undefined) return;
  const pages = await db.system.withSystem(
    (tx) => tx.sql<{ target_keys: string[]; links: string }[]>`
      select target_keys, links from crawl_links where execution_id = ${executionId}`,
  );
  const first = pages.map(
    ({ target_keys: targetKeys, links }) => decodePageLinks({ targetKeys, text: links })[0],
  );
  expect(first.map((link) => link?.problem)).toContain(expected.link);
}

/** How other URLs were found, and the redirect that led to them. */
async function expectWay(executionId: string, { method, hops }: BadInput['expected']): Promise<void> {
  for (const [url, wanted] of [...Object.entries(method ?? {}), ...Object.entries(hops ?? {})]) {
    const [row] = await db.system.withSystem(
      (tx) => tx.sql<{ method: string; hop: string | null }[]>`
        select log.discovery_method as method,
          concat_ws(' ', target.redirect_hops -> -1 ->> 'status', target.redirect_hops -> -1 ->> 'type') as hop
        from url_discovery_log log
        join crawl_targets target on target.execution_id = log.execution_id and target.url_key = log.url_hash
        where log.execution_id = ${executionId} and log.url_hash = ${urlKey(url)}`,
    );
    expect([row?.method, row?.hop]).toContain(wanted);
  }
}

describe('a crawl that meets', () => {
  const listed = CASES.map((one, index) => [one.id, one, index] as const);
  const isHeavy = ({ input }: BadInput): boolean =>
    Object.values(input.behaviours ?? {}).some((name) => HEAVY_SERVERS.has(name));
  const title = '%s records what it is, and crawls the rest of the site';
  const check = async (_: string, badInput: BadInput, index: number): Promise<void> => {
    const origin = oracle.origins[index] ?? '';
    await run(prepare(badInput, origin), origin);
  };

  it.concurrent.each(listed.filter(([, one]) => !isHeavy(one)))(title, check, 30_000);
  it.each(listed.filter(([, one]) => isHeavy(one)))(title, check, 30_000);

  it('any of these never reaches an address that is not public', () => {
    expect(trap.fetches()).toEqual([]);
  });
});
