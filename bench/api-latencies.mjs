// How long the API takes over the records of one execution: links of many URLs in both directions, and every
// list with each of its filters, at its first page and at its deepest cursor.
import { request } from 'node:http';

const product = (/** @type {string} */ path) => import(new URL(`../packages/${path}`, import.meta.url).href);

/**
 * A request that was made several times, in milliseconds. `items` is how many the last answer held.
 * @typedef {{ what: string, times: number[], items: number }} Latency
 *
 * @typedef {object} Subject
 * @property {import('./platform.mjs').BenchPlatform} platform
 * @property {import('./platform.mjs').BenchDatabase} ledger
 * @property {string} executionId
 * @property {string} campaignId
 * @property {string} tenantId
 * @property {readonly string[]} [urlParts] what to look for in URLs: often there, hardly ever, never
 * @property {string} [otherHost] one that hardly any URL is on
 * @property {string} [instanceId] a worker
 *
 * @typedef {Readonly<Record<string, string>>} Query
 * @typedef {{ name: string, params: Query, filters: readonly Query[], deep: (query: Query) => Promise<readonly (string | number)[] | null> }} List
 */

const TIMES = 5;
/** One that takes this long is not asked for again. */
const SLOW_MS = 1_000;
/** Behind all but one in 256 of the keys, which are hashes. */
const DEEP_KEY = 'ff000000-0000-0000-0000-000000000000';
const LONG_AGO = '2020-01-01T00:00:00Z';
const FAR_AHEAD = '2100-01-01T00:00:00Z';

/**
 * @param {string} url
 * @param {string} key
 * @returns {Promise<{ ms: number, body: any }>}
 */
function get(url, key) {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers: { authorization: `Bearer ${key}` } }, (response) => {
      /** @type {Buffer[]} */
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const ms = performance.now() - begun;
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode === 200) resolve({ ms, body: JSON.parse(text) });
        else reject(new Error(`${url} answered ${response.statusCode}: ${text.slice(0, 500)}`));
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}

/**
 * @param {Subject} subject
 * @param {string} what
 * @param {string} path below the API's base
 * @returns {Promise<Latency>}
 */
async function measure({ platform }, what, path) {
  const times = [];
  let items = 0;
  for (let time = 0; time < TIMES; time += 1) {
    try {
      const { ms, body } = await get(`${platform.apiUrl}/api/crawler${path}`, platform.apiKey);
      times.push(ms);
      items = body.items?.length ?? 0;
      if (ms > SLOW_MS) break;
    } catch (error) {
      // A statement that the server ended at its limit is a figure too.
      process.stderr.write(`${what}: ${String(error)}\n`);
      times.push(Number.POSITIVE_INFINITY);
      break;
    }
  }
  return { what, times, items };
}

/**
 * Out-links and inlinks of URLs anywhere on the site, and of the one that all others name.
 * @param {Subject} subject
 * @param {number} count
 * @returns {Promise<{ out: Latency, in: Latency }>}
 */
export async function measureLinks(subject, count) {
  const { ledger, executionId } = subject;
  const keys = await ledger.sql`
    (select url_key from crawl_results where execution_id = ${executionId} and depth = 0 limit 1)
    union all
    (select url_key from crawl_results tablesample system (20) where execution_id = ${executionId} order by random() limit ${count - 1})`;
  /** @type {{ out: Latency, in: Latency }} */
  const found = { out: { what: 'out', times: [], items: 0 }, in: { what: 'in', times: [], items: 0 } };
  for (const { url_key: key } of keys) {
    for (const direction of /** @type {const} */ (['out', 'in'])) {
      const path = `/executions/${executionId}/pages/${key}/links?direction=${direction}`;
      // Each once: what a person looks at is rarely in memory already.
      const { ms, body } = await get(
        `${subject.platform.apiUrl}/api/crawler${path}`,
        subject.platform.apiKey,
      );
      found[direction].times.push(ms);
      found[direction].items = Math.max(found[direction].items, body.items.length);
    }
  }
  return found;
}

/**
 * @param {Subject} subject
 * @returns {Promise<List[]>}
 */
async function allLists(subject) {
  const { ledger, executionId, campaignId } = subject;
  const { sql } = ledger;
  const times = [
    { since: FAR_AHEAD },
    { until: LONG_AGO },
    { since: LONG_AGO },
    { since: LONG_AGO, until: FAR_AHEAD },
  ];
  const { urlParts = ['-77', 'amber/ember', 'no-such-page'], otherHost = 'amber-0.example' } = subject;
  const urls = urlParts.map((part) => ({ urlContains: part }));
  const [home] = await sql`
    select url_key, host from crawl_results where execution_id = ${executionId} and depth = 0 limit 1`;
  const hosts = [{ host: home.host }, { host: otherHost }, { host: 'no.such.host' }];
  const [slow] = await sql`
    select total_ms, url_key from crawl_results where execution_id = ${executionId}
    order by total_ms, url_key desc offset 100 limit 1`;
  const [oldError] = await sql`
    select id from campaign_errors where campaign_id = ${campaignId} order by id offset 100 limit 1`;
  const [seed, run, campaignRow, worker] = await Promise.all([
    sql`select id from campaign_seeds where campaign_id = ${campaignId} order by id desc offset 100 limit 1`,
    sql`select id from campaign_executions where campaign_id = ${campaignId} order by id offset 100 limit 1`,
    sql`select id from crawler_campaigns order by id offset 100 limit 1`,
    sql`select id from crawler_instances order by id offset 100 limit 1`,
  ]);
  const sample = await sql`
    select recorded_at::text as at, lane_id from crawler_performance_metrics
    where instance_id = ${subject.instanceId ?? null}::uuid order by recorded_at, lane_id offset 100 limit 1`;
  const none = async () => null;
  const at =
    (/** @type {readonly { id: string }[]} */ [row]) =>
    async () =>
      row === undefined ? null : [row.id];
  const byKey = async () => [DEEP_KEY];
  const flags = (/** @type {string} */ name) => [{ [name]: 'true' }, { [name]: 'false' }];
  const each = (/** @type {string} */ name, /** @type {readonly string[]} */ values) =>
    values.map((value) => ({ [name]: value }));
  const pageFilters = [
    {},
    ...each('status', ['404', '4xx', '301', '200', '5xx', '418']),
    ...hosts,
    ...urls,
    ...flags('indexable'),
    ...each('indexabilityReason', [
      'client_error',
      'server_error',
      'redirect',
      'noindex',
      'canonicalised',
      'non_html',
    ]),
    ...each('contentType', ['text/html', 'application/json', 'image/none']),
    ...flags('titleMissing'),
    ...flags('soft404'),
    ...flags('html'),
    ...each('depth', ['0', '3', '7', '15']),
    ...times,
  ];
  const execution = { id: executionId };
  const campaign = { id: campaignId };
  return [
    { name: 'listPages', params: execution, filters: pageFilters, deep: byKey },
    {
      name: 'listPages',
      params: execution,
      filters: pageFilters.map((filter) => ({ sort: 'slowest', ...filter })),
      deep: async () => [slow.total_ms, slow.url_key],
    },
    {
      name: 'listDiscoveredUrls',
      params: campaign,
      filters: [
        {},
        { executionId },
        ...flags('shouldCrawl'),
        ...each('skipReason', ['out_of_scope', 'trap', 'depth_limit']),
        ...each('state', ['pending', 'fetched', 'failed', 'skipped']),
        ...each('discoveryMethod', ['link', 'seed', 'redirect', 'sitemap', 'canonical']),
        ...flags('isInternal'),
        ...hosts,
        ...urls,
        ...times,
      ],
      deep: async () => [executionId, DEEP_KEY],
    },
    {
      name: 'listErrors',
      params: campaign,
      filters: [
        {},
        { executionId },
        ...each('errorType', ['network', 'timeout', 'parsing']),
        ...each('severity', ['warning', 'critical']),
        ...each('errorCode', ['no_such_code']),
        ...each('status', ['404', '4xx', '5xx']),
        ...hosts,
        ...urls,
        ...flags('resolved'),
        ...times,
      ],
      deep: async () => (oldError === undefined ? null : [oldError.id]),
    },
    {
      name: 'listPageLinks',
      params: { ...execution, key: home.url_key },
      filters: [
        { direction: 'in' },
        { direction: 'in', linkType: 'hyperlink' },
        { direction: 'in', linkType: 'redirect' },
        { direction: 'in', linkType: 'amphtml' },
      ],
      deep: async () => [DEEP_KEY, 0],
    },
    { name: 'listSitemaps', params: execution, filters: [{}], deep: none },
    {
      name: 'compareSitemaps',
      params: execution,
      filters: each('set', ['in_sitemap_not_linked', 'linked_not_in_sitemap']),
      deep: byKey,
    },
    {
      name: 'listExecutions',
      params: campaign,
      filters: [{}, ...each('status', ['completed', 'failed', 'paused']), ...times],
      deep: at(run),
    },
    { name: 'listSeeds', params: campaign, filters: [{}, { urlContains: 'none' }], deep: at(seed) },
    {
      name: 'listEvents',
      params: campaign,
      filters: [{}, { executionId }, { after: '1000000' }],
      deep: none,
    },
    {
      name: 'listCampaigns',
      params: {},
      filters: [{}, { nameContains: 'none' }, { status: 'archived' }],
      deep: at(campaignRow),
    },
    {
      name: 'listInstances',
      params: {},
      filters: [{}, ...each('state', ['working', 'gone'])],
      deep: at(worker),
    },
    ...(subject.instanceId === undefined
      ? []
      : [
          {
            name: 'listInstanceMetrics',
            params: { id: subject.instanceId },
            filters: [{}, ...times],
            deep: async () => (sample[0] === undefined ? null : [sample[0].at, sample[0].lane_id]),
          },
        ]),
    { name: 'listHosts', params: {}, filters: [{}], deep: none },
    { name: 'getCoverage', params: execution, filters: [{}], deep: none },
    { name: 'getExecution', params: execution, filters: [{}], deep: none },
    { name: 'getPage', params: { ...execution, key: home.url_key }, filters: [{}], deep: none },
  ];
}

/**
 * Cursors of any place, as the API gives them out: signed, so that only one who can read the database can make them.
 * @param {Subject} subject
 */
async function cursorMaker({ ledger, tenantId }) {
  const { createCursorCodec } = await product('api/dist/cursors/cursor-codec.js');
  const { ROUTES } = await product('shared/dist/index.js');
  const [{ secret }] = await ledger.sql`
    select secret_hash as secret from api_keys order by created_at, id limit 1`;
  const codec = createCursorCodec(secret);
  return (
    /** @type {List} */ { name, params },
    /** @type {Query} */ query,
    /** @type {readonly (string | number)[]} */ place,
  ) => {
    const { cursor: _cursor, limit: _limit, ...filters } = ROUTES[name].query.parse(query);
    return codec.encode(place, { tenantId, route: `${name} ${JSON.stringify(params)}`, filters });
  };
}

/**
 * @param {string} template of a route
 * @param {Query} params
 */
function pathWith(template, params) {
  return template.replaceAll(/:(\w+)/g, (_, name) => params[name] ?? '');
}

/**
 * Every list with each of its filters, at its first page and at its deepest cursor, fifty rows each.
 * @param {Subject} subject
 * @returns {Promise<Latency[]>}
 */
export async function measureLists(subject) {
  return measureThese(subject, await allLists(subject));
}

/**
 * The same for some lists.
 * @param {Subject} subject
 * @param {readonly List[]} lists
 * @returns {Promise<Latency[]>}
 */
export async function measureThese(subject, lists) {
  const { ROUTES } = await product('shared/dist/index.js');
  const cursorOf = await cursorMaker(subject);
  /** @type {Latency[]} */
  const found = [];
  for (const list of lists) {
    for (const query of list.filters) {
      const path = pathWith(ROUTES[list.name].path, list.params);
      const label = `${list.name} ${new URLSearchParams(query)}`.trim();
      found.push(await measure(subject, `${label}, first`, `${path}?${new URLSearchParams(query)}`));
      const place = await list.deep(query);
      if (place === null) continue;
      const cursor = cursorOf(list, query, place);
      found.push(
        await measure(subject, `${label}, deepest`, `${path}?${new URLSearchParams({ ...query, cursor })}`),
      );
    }
  }
  return found;
}
