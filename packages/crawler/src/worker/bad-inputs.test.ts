import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { decodePageLinks } from '@outrider/db';
import { createTestDatabase, type TestDatabase } from '@outrider/db/testing';
import { type Oracle, type Reply, type RouteFunction, startOracle } from '@outrider/oracle';
import { urlKey } from '@outrider/shared';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type AddressPolicy, createAddressPolicy } from '../fetch/address-policy.js';
import type { Fetcher } from '../fetch/fetcher.js';
import type { HostResolver } from '../fetch/host-resolver.js';
import { BAD_SERVERS, echoCredentials, HEAVY_SERVERS } from '../testing/bad-servers.js';
import { crawlToEnd, queueTestExecution, startTestWorker } from '../testing/test-crawl.js';
import type { CrawlWorker } from './crawl-worker.js';

/**
 * A site of its own for each case: `/start/<id>` links to what is bad and to `/rest/<id>`, which must be
 * crawled whatever becomes of the other. In all texts {id}, {origin}, {host} and {port} stand for the case
 * and its site, {trap} for the port of a site that must never be reached, {x123} for 123 letters.
 */
interface EncodedPage {
  readonly charset: string;
  readonly mark: boolean;
  readonly type: string;
  readonly text: string;
}

interface BadInput {
  readonly id: string;
  readonly input: {
    /** Default `/{id}`. */
    readonly link?: string;
    readonly routes?: Readonly<Record<string, Reply>>;
    readonly behaviours?: Readonly<Record<string, string>>;
    readonly robots?: Reply | 'hang' | 'reset';
    /** Default `{origin}/start/{id}`. */
    readonly seed?: string;
    /** Pages as bytes of another character set, with or without a byte order mark. */
    readonly encoded?: Readonly<Record<string, EncodedPage>>;
    readonly fetch?: Readonly<Record<string, unknown>>;
    readonly politeness?: Readonly<Record<string, unknown>>;
    readonly scope?: Readonly<Record<string, unknown>>;
    readonly sitemaps?: Readonly<Record<string, unknown>>;
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
    /** The character set the page was read in, and on whose word. */
    readonly charset?: string;
    /** A URL whose body is the same. */
    readonly sameBody?: string;
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
    /** Sitemap files by their URLs: fields of what is recorded of each. All others are not on the list. */
    readonly sitemaps?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
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
  'site.test': ['127.0.1.1'],
  // U09: first where it may be fetched, from the second answer on where it may not.
  'once.rebind.test': ['127.0.1.1'],
  'twice.rebind.test': ['127.0.1.1'],
  // U10: names whose way ends at an address that is not public.
  '127.0.0.1.nip.io': ['127.0.0.1'],
  'cname.test': ['10.0.0.1'],
  'cname-to-metadata.test': ['169.254.169.254'],
};
const REBOUND: Readonly<Record<string, readonly string[]>> = {
  'once.rebind.test': ['127.0.0.1'],
  'twice.rebind.test': ['127.0.0.1'],
};

let db: TestDatabase;
let oracle: Oracle;
/** On 127.0.0.1, where nothing may be fetched. */
let trap: Oracle;
/** The same name under TLS: `/to-http/x` redirects to `/x` without it, all else says what it was asked with. */
let secure: { readonly server: Server; readonly port: number };
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
      const ports = [new URL(oracle.origin).port, new URL(trap.origin).port, String(secure.port)];
      const ours = ports.includes(url.port);
      return !verdict.allowed && verdict.reason === 'blocked_port' && ours ? { allowed: true } : verdict;
    },
  };
}

/** How often each name was asked for: rebinding names answer otherwise the second time. */
const lookups = new Map<string, number>();

const resolve: HostResolver = async (hostname) => {
  const times = (lookups.get(hostname) ?? 0) + 1;
  lookups.set(hostname, times);
  const records = (times > 1 ? REBOUND[hostname] : undefined) ?? RECORDS[hostname];
  if (records === undefined) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
  return records.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
};

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
  const plan = { seed: 1, pages: 1, linksPerPage: 1 };
  // One more, for what is another origin to all of them.
  oracle = await startOracle({ ...plan, hosts: CASES.length + 1 }, { host: '127.0.1.1' });
  secure = await startSecureSite(new URL(oracle.origin).port);
  trap = await startOracle(plan);
  ({ worker, fetcher } = startTestWorker(db, {
    fetcher: { addressPolicy: strictPolicy(), resolve, extraRoots: [pem('trusted-root.pem')] },
  }));
  await worker.start();
  oracle.set('/robots.txt', robotsOfHost);
});
afterAll(async () => {
  await worker.stop();
  await fetcher.close();
  await oracle.close();
  await trap.close();
  await new Promise((done) => secure.server.close(done).closeAllConnections());
  await db.drop();
});

const pem = (name: string): string =>
  readFileSync(new URL(`../fetch/fixtures/${name}`, import.meta.url), 'utf8');

async function startSecureSite(plainPort: string): Promise<typeof secure> {
  const options = { key: pem('site.key'), cert: pem('valid.pem') };
  const server = createServer(options, (request, response) => {
    const path = request.url ?? '/';
    if (path === '/robots.txt') response.writeHead(404).end();
    else if (!path.startsWith('/to-http/')) echoCredentials(request, response);
    else response.writeHead(302, { location: `http://site.test:${plainPort}${path.slice(8)}` }).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.1.1', done));
  return { server, port: (server.address() as AddressInfo).port };
}

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
    .replaceAll('{secure}', String(secure.port))
    .replaceAll('{other}', oracle.origins.at(-1) ?? '')
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
  for (const [path, { charset, mark, type, text }] of Object.entries(input.encoded ?? {})) {
    oracle.set(path, {
      headers: { 'content-type': type },
      body: iconv.encode(text, charset, { addBOM: mark }),
    });
  }
  if (input.robots !== undefined) handlers.set(new URL(origin).host, input.robots);
  return input.seed ?? `${origin}/start/${id}`;
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
        charset: string;
      }[]
    >`
      select title, redirect_key, response,
        concat_ws(' ', page #>> '{document,charset,name}', page #>> '{document,charset,source}') as charset, (response ->> 'truncated')::boolean as truncated,
        (select coalesce(sum(link_count), 0)::int from crawl_links where execution_id = ${executionId} and source_key = ${urlKey(url)}) as links
      from crawl_results where execution_id = ${executionId} and url_key = ${urlKey(url)}`,
  );
  if (row === undefined) return {};
  const { redirect_key: key, title, truncated, links, response, charset } = row;
  return {
    links,
    truncated,
    response,
    charset,
    ...(title === null ? {} : { title }),
    ...(key === null ? {} : { alias: key }),
  };
}

async function run(badInput: BadInput, origin: string): Promise<void> {
  const seed = serve(badInput, origin);
  const { id, input, expected } = badInput;
  const execution = await queueTestExecution(db, [seed], {
    scope: input.scope ?? {},
    politeness: input.politeness ?? {},
    fetch: { retries: 0, ...input.fetch },
    sitemaps: input.sitemaps ?? {},
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
    charset: expected.charset,
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
  if (expected.sameBody !== undefined) {
    expect(await bodyHashOf(executionId, expected.sameBody)).toEqual(await bodyHashOf(executionId, url));
  }
  await expectWay(executionId, expected);
  if (expected.sitemaps !== undefined) expect(await sitemapsOf(executionId)).toMatchObject(expected.sitemaps);
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

async function sitemapsOf(executionId: string): Promise<Record<string, object>> {
  const rows = await db.system.withSystem(
    (tx) => tx.sql<{ url: string }[]>`
      select url, state, depth, entries, urls_in_scope as "urlsInScope", files_named as "filesNamed", dropped,
        error_code as "errorCode", (select count(*)::int from execution_sitemaps all_ where all_.execution_id = file.execution_id) as files
      from execution_sitemaps file where execution_id = ${executionId}`,
  );
  return Object.fromEntries(rows.map(({ url, ...file }) => [url, file]));
}

async function bodyHashOf(executionId: string, url: string): Promise<string> {
  const [row] = await db.system.withSystem(
    (tx) => tx.sql<{ hash: string }[]>`
      select encode(body_hash, 'hex') as hash from crawl_results
      where execution_id = ${executionId} and url_key = ${urlKey(url)}`,
  );
  return row?.hash ?? 'no result';
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

  it('any of these leaves the prototype of all objects as it was', () => {
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('any of these never reaches an address that is not public', () => {
    expect(trap.fetches()).toEqual([]);
  });
});
