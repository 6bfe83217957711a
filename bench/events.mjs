// `pnpm bench:events [--seconds 20] [--quick]`
// Events of one campaign, written one by one in transactions of their own, and told to so many clients over Socket.IO: how
// long after it was written an event is at the client, and what that costs. Writes the figures into docs/benchmarks.md.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setUp } from '../scripts/setup.mjs';
import { machineFacts } from './machine-facts.mjs';
import { startDatabase } from './platform.mjs';
import { replaceFigures } from './render-figures.mjs';
import { startApi } from './start-api.mjs';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '20' }, quick: { type: 'boolean', default: false } },
});
await setUp();
const product = (/** @type {string} */ path) => import(new URL(`../packages/${path}`, import.meta.url).href);
const db = await product('db/dist/index.js');
const seconds = Number(values.seconds);
const CASES = [
  { sockets: 0, perSecond: 200 },
  { sockets: 1_000, perSecond: 200 },
  { sockets: 5_000, perSecond: 200 },
];
/** Clock ticks of the kernel in a second. */
const TICKS = 100;

/** Processor seconds that a process has used. @param {number} pid */
function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** @param {number} pid */
function residentMb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
}

/** @param {readonly number[]} byMs @param {number} share */
function quantile(byMs, share) {
  const all = byMs.reduce((sum, count) => sum + count, 0);
  let passed = 0;
  for (const [ms, count] of byMs.entries()) {
    passed += count;
    if (passed >= share * all) return ms;
  }
  return Number.NaN;
}

/**
 * Writes events evenly over some seconds. Returns how many.
 * @param {any} system
 * @param {{ tenantId: string, campaignId: string }} owner
 * @param {number} perSecond
 */
async function write(system, owner, perSecond) {
  const begun = performance.now();
  /** @type {Promise<unknown>[]} */
  const writing = [];
  while (performance.now() - begun < seconds * 1_000) {
    const due = Math.floor(((performance.now() - begun) / 1_000) * perSecond);
    while (writing.length < due) {
      const nth = writing.length;
      const payload = {
        coverage: { discovered: nth * 9, fetched: nth * 5, failed: 3, skipped: nth, pending: nth * 3 },
        errors: 3,
      };
      const event = { ...owner, executionId: null, type: 'execution.progress', payload };
      writing.push(system.withSystem((/** @type {any} */ tx) => db.appendEvent(tx, event)));
    }
    await sleep(2);
  }
  await Promise.all(writing);
  return writing.length;
}

/**
 * @param {Awaited<ReturnType<typeof startApi>>} api
 * @param {any} system
 * @param {typeof CASES[number]} plan
 */
async function measure(api, system, { sockets, perSecond }) {
  const call = async (/** @type {string} */ path, /** @type {unknown} */ body) => {
    const answer = await fetch(`${api.apiUrl}/api/crawler${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${api.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const { id: campaignId } = await call('/campaigns', { name: 'bench', seeds: ['https://example.org/'] });
  const keys = await Promise.all(
    Array.from({ length: Math.ceil(sockets / 500) }, async (_, nth) => {
      return (await call('/api-keys', { name: `viewer ${nth}`, scope: 'viewer' })).key;
    }),
  );
  const [{ tenant: tenantId }] = await system.withSystem(
    (/** @type {any} */ { sql }) =>
      sql`select tenant_id as tenant from crawler_campaigns where id = ${campaignId}`,
  );
  const clients = fork(new URL('./event-sockets.mjs', import.meta.url).pathname);
  try {
    clients.send({ port: Number(new URL(api.apiUrl).port), keys, campaignId, sockets });
    await once(clients, 'message');
    await sleep(2_000);
    const before = cpuSeconds(api.pid);
    const written = await write(system, { tenantId, campaignId }, perSecond);
    const cpu = cpuSeconds(api.pid) - before;
    const rss = residentMb(api.pid);
    await sleep(2_000);
    clients.send('report');
    const [seen] = await once(clients, 'message');
    return { sockets, written, cpu, rss, seen };
  } finally {
    clients.kill();
    await once(clients, 'exit');
  }
}

const apiKey = randomBytes(24).toString('hex');
const ledger = await startDatabase();
/** @type {Awaited<ReturnType<typeof startApi>> | null} */
let api = null;
try {
  await db.runMigrations({ adminUrl: ledger.databaseUrl });
  const system = db.openDatabase({
    url: ledger.databaseUrl,
    role: 'outrider_system',
    applicationName: 'bench',
  });
  const rows = [];
  for (const plan of CASES) {
    // A process of its own for each, so that memory is that of this case.
    api = await startApi(ledger, apiKey);
    const { sockets, written, cpu, rss, seen } = await measure(api, system, plan);
    await api.stop();
    api = null;
    const missing = sockets * written - seen.events;
    const ms = (/** @type {number} */ share) => (sockets === 0 ? '' : quantile(seen.byMs, share));
    rows.push(
      `| ${sockets.toLocaleString('en')} | ${(written / seconds).toFixed(0)} | ${ms(0.5)} | ${ms(0.99)} | ${ms(0.999)} | ${(seen.frames / Math.max(1, sockets) / seconds).toFixed(0)} | ${seen.holes + missing} | ${((cpu / seconds) * 100).toFixed(1)} | ${rss.toFixed(0)} |`,
    );
    process.stdout.write(`${rows.at(-1)}\n`);
  }
  await system.close();
  const facts = machineFacts();
  const figures = [
    `${facts.date}. ${facts.machine}; load at the end ${facts.load}. ${seconds} s each. One process of the API; clients, database and writer on the same machine.`,
    '',
    '| sockets | events/s | p50 ms | p99 ms | p99.9 ms | messages/s to each | lost or out of order | API CPU % of a core | API MB |',
    '|--:|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...rows,
  ].join('\n');
  if (!values.quick) replaceFigures('events', figures);
} finally {
  await api?.stop();
  await ledger.stop();
}
