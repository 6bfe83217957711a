// One case of `pnpm bench:events`: two processes of the API, clients that follow a campaign over both, and a writer.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSecondsBelow, useOf } from './process-memory.mjs';
import { startApi } from './start-api.mjs';

const product = (/** @type {string} */ path) => import(new URL(`../packages/${path}`, import.meta.url).href);
const db = await product('db/dist/index.js');

/** Seconds of events before the measurement, in which code is compiled and pools fill. */
const WARM_UP_SECONDS = 5;
/** Most keys allow a thousand connections. */
const CLIENTS_PER_KEY = 500;
/** Between the events that warm up and those that are measured, in milliseconds. */
const SETTLE_MS = 3_000;
/** When what was written last has arrived, or never will, in milliseconds. */
const ARRIVED_MS = 30_000;

/**
 * @typedef {object} Case
 * @property {string} name
 * @property {'socket' | 'sse'} transport
 * @property {number} clients
 * @property {number} [idle] how many of them stop reading once they follow
 * @property {number} perSecond events
 * @property {number} [size] characters of text in each event; without it they are snapshots of progress
 *
 * @typedef {object} Measured
 * @property {Case} plan
 * @property {number} seconds
 * @property {number} written
 * @property {import('./event-clients.mjs').Seen} seen
 * @property {{ api: number, clients: number, postgres: number, writer: number }} cpu seconds of a core
 * @property {{ before: number, after: number, peak: number }} apiMb of the larger process
 * @property {number} cut clients that were cut off because they did not read
 */

/**
 * Writes events evenly over some seconds, each in a transaction of its own. Returns how many.
 * @param {any} system
 * @param {{ tenantId: string, campaignId: string }} owner
 * @param {Case} plan
 * @param {number} seconds
 */
async function write(system, owner, { perSecond, size }, seconds) {
  const begun = performance.now();
  /** @type {Promise<unknown>[]} */
  const writing = [];
  while (performance.now() - begun < seconds * 1_000) {
    const due = Math.floor(((performance.now() - begun) / 1_000) * perSecond);
    while (writing.length < due) {
      const event = { ...owner, executionId: null, ...contentOf(writing.length, size) };
      writing.push(system.withSystem((/** @type {any} */ tx) => db.appendEvent(tx, event)));
    }
    await sleep(2);
  }
  await Promise.all(writing);
  return writing.length;
}

/** @param {number} nth @param {number | undefined} size */
function contentOf(nth, size) {
  if (size !== undefined) {
    return { type: 'campaign.updated', payload: { name: 'x'.repeat(size), configRevision: 1 } };
  }
  const coverage = { discovered: nth * 9, fetched: nth * 5, failed: 3, skipped: nth, pending: nth * 3 };
  return { type: 'execution.progress', payload: { coverage, errors: 3 } };
}

/**
 * @param {{ apiUrl: string, apiKey: string }} api
 * @param {string} path
 * @param {unknown} body
 * @returns {Promise<any>}
 */
async function post({ apiUrl, apiKey }, path, body) {
  const answer = await fetch(`${apiUrl}/api/crawler${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** How many connections a process has cut off because they did not read. @param {{ apiUrl: string }} api */
async function cutBy({ apiUrl }) {
  const text = await (await fetch(`${apiUrl}/metrics`)).text();
  return Number(/^outrider_live_cuts_total\{reason="too_slow"\} (\d+)/m.exec(text)?.[1] ?? 0);
}

/**
 * @param {{ ledger: import('./platform.mjs').BenchDatabase, system: any, seconds: number }} on
 * @param {Case} plan
 * @returns {Promise<Measured>}
 */
export async function measureCase({ ledger, system, seconds }, plan) {
  const apiKey = randomBytes(24).toString('hex');
  const apis = [await startApi(ledger, apiKey), await startApi(ledger, apiKey)];
  const clients = fork(new URL('./event-clients.mjs', import.meta.url).pathname);
  try {
    const owner = await prepare(apis, clients, { system, plan });
    await write(system, owner, plan, WARM_UP_SECONDS);
    await sleep(SETTLE_MS);
    clients.send('begin');
    await once(clients, 'message');
    const memory = () => Math.max(...apis.map(({ pid }) => useOf(pid).rssMb));
    const cpu = () => ({
      api: apis.reduce((sum, { pid }) => sum + useOf(pid).cpuSeconds, 0),
      clients: useOf(clients.pid ?? 0).cpuSeconds,
      postgres: cpuSecondsBelow(ledger.pid),
      writer: useOf(process.pid).cpuSeconds,
    });
    const [before, used] = [memory(), cpu()];
    const written = await write(system, owner, plan, seconds);
    const usedThen = cpu();
    const seen = await report(clients, (plan.clients - (plan.idle ?? 0)) * written);
    const since = (/** @type {keyof typeof used} */ part) => usedThen[part] - used[part];
    return {
      ...{ plan, seconds, written, seen },
      cpu: {
        api: since('api'),
        clients: since('clients'),
        postgres: since('postgres'),
        writer: since('writer'),
      },
      apiMb: { before, after: memory(), peak: Math.max(...apis.map(({ pid }) => useOf(pid).peakMb)) },
      cut: (await Promise.all(apis.map(cutBy))).reduce((sum, some) => sum + some, 0),
    };
  } finally {
    clients.kill('SIGKILL');
    await Promise.all(apis.map((api) => api.stop()));
  }
}

/**
 * What the clients have seen once it is so many events, or when it is too late for more.
 * @param {import('node:child_process').ChildProcess} clients
 * @param {number} expected
 * @returns {Promise<import('./event-clients.mjs').Seen>}
 */
async function report(clients, expected) {
  const begun = performance.now();
  for (;;) {
    await sleep(1_000);
    clients.send('report');
    const [seen] = await once(clients, 'message');
    if (seen.events >= expected || performance.now() - begun > ARRIVED_MS) return seen;
  }
}

/**
 * Makes a campaign, and keys for all clients, and has them follow it.
 * @param {Awaited<ReturnType<typeof startApi>>[]} apis
 * @param {import('node:child_process').ChildProcess} followers
 * @param {{ system: any, plan: Case }} on
 */
async function prepare(apis, followers, { system, plan }) {
  const [api] = apis;
  if (api === undefined) throw new Error('no API runs');
  const { id: campaignId } = await post(api, '/campaigns', {
    name: 'bench',
    seeds: ['https://example.org/'],
  });
  const keys = [];
  for (let nth = 0; nth < Math.ceil(plan.clients / CLIENTS_PER_KEY); nth++) {
    keys.push((await post(api, '/api-keys', { name: `viewer ${nth}`, scope: 'viewer' })).key);
  }
  const [{ tenant: tenantId }] = await system.withSystem(
    (/** @type {any} */ { sql }) =>
      sql`select tenant_id as tenant from crawler_campaigns where id = ${campaignId}`,
  );
  const ports = apis.map(({ apiUrl }) => Number(new URL(apiUrl).port));
  const { transport, clients, idle = 0 } = plan;
  followers.send({ transport, ports, keys, campaignId, clients, idle });
  await once(followers, 'message');
  return { tenantId, campaignId };
}
