// `pnpm bench:simulate [--writers 1,2,4] [--seconds 15] [--pending 1000000]`
// How much one PostgreSQL takes: worker processes that fetch and parse nothing commit made-up pages as fast as
// they can, each on an execution of its own. And how long a claim takes with so many URLs pending.
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { setUp } from '../scripts/setup.mjs';
import { pathOf } from './generated-pages.mjs';
import { startDatabase } from './platform.mjs';
import { readUse } from './process-memory.mjs';
import { median } from './render-figures.mjs';

const { values } = parseArgs({
  options: {
    writers: { type: 'string', default: '1,2,4' },
    seconds: { type: 'string', default: '15' },
    pending: { type: 'string', default: '1000000' },
  },
});
await setUp();
const product = (/** @type {string} */ path) => import(new URL(`../packages/${path}`, import.meta.url).href);
const db = await product('db/dist/index.js');
const { insertSeedsAsTargets } = await product('db/dist/executions/insert-seeds-as-targets.js');
const { campaignConfig, newId, urlKey } = await product('shared/dist/index.js');

const WRITER = join(dirname(fileURLToPath(import.meta.url)), 'simulate-writer.mjs');
const START_MS = 3_000;
const SITE_SIZE = 1_000_000;
const [CLAIMS, CLAIM_SIZE] = [400, 128];
const run = promisify(execFile);

/**
 * A campaign with one queued execution of one lane, whose seed is the first page of a site of its own.
 * @param {any} database
 * @param {string} tenantId
 * @param {string} host
 */
async function plant(database, tenantId, host) {
  const config = campaignConfig.parse({
    scope: { maxPages: 10_000_000 },
    politeness: { maxConcurrencyPerHost: 256 },
  });
  const [campaignId, executionId] = [newId(), newId()];
  const ids = { tenantId, campaignId, executionId };
  const laneId = await database.withTenant(tenantId, async (/** @type {any} */ tx) => {
    await tx.sql`
      insert into crawler_campaigns (id, tenant_id, name, config)
      values (${campaignId}, ${tenantId}, ${host}, ${JSON.stringify(config)}::text::jsonb)`;
    await tx.sql`insert into campaign_metrics (campaign_id, tenant_id) values (${campaignId}, ${tenantId})`;
    const { laneIds } = await db.insertExecution(tx, {
      ...ids,
      executionType: 'manual',
      config,
      configRevision: 1,
      scopeHosts: [host],
      seedsDiscovered: 1,
      seedsSkipped: 0,
      triggeredBy: 'the simulation',
      triggerReason: null,
    });
    const url = `http://${host}/`;
    await insertSeedsAsTargets(tx, ids, [{ url, urlKey: urlKey(url), host, skip: null }]);
    return laneIds[0];
  });
  return { ...ids, laneId };
}

/**
 * @param {import('./platform.mjs').BenchDatabase} ledger
 * @param {any} database
 * @param {string} tenantId
 * @param {number} writers
 */
async function measureWriters(ledger, database, tenantId, writers) {
  const startAt = Date.now() + START_MS;
  const endAt = startAt + Number(values.seconds) * 1_000;
  const planted = [];
  for (let nth = 0; nth < writers; nth += 1) {
    const host = `site-${writers}-${nth}.example`;
    planted.push({ host, ...(await plant(database, tenantId, host)) });
  }
  const work = planted.map(({ host, laneId }) => {
    const task = { databaseUrl: ledger.databaseUrl, tenantId, laneId, host, size: SITE_SIZE, startAt, endAt };
    return run(process.execPath, [WRITER, JSON.stringify(task)]);
  });
  const usedAt = async (/** @type {number} */ time) => {
    await sleep(time - Date.now());
    const [{ wal }] =
      await ledger.sql`select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8 as wal`;
    const { database: server } = readUse({ platform: process.pid, database: ledger.pid });
    return { cpu: server.cpuSeconds, wal };
  };
  const [from, to] = await Promise.all([usedAt(startAt), usedAt(endAt)]);
  const reports = (await Promise.all(work)).map(({ stdout }) => JSON.parse(stdout));
  const pages = reports.reduce((sum, report) => sum + report.pages, 0);
  const writerCpu = reports.reduce((sum, report) => sum + report.cpuSeconds, 0);
  return {
    writers,
    pagesPerSecond: pages / Number(values.seconds),
    databaseMs: ((to.cpu - from.cpu) * 1_000) / pages,
    walBytes: (to.wal - from.wal) / pages,
    writerMs: (writerCpu * 1_000) / pages,
    databaseCores: (to.cpu - from.cpu) / Number(values.seconds),
  };
}

/**
 * Milliseconds of claims of 128 URLs each, in a process that does nothing else, while so many are pending.
 * @param {any} database
 * @param {string} tenantId
 * @param {number} pending
 */
async function measureClaims(database, tenantId, pending) {
  const host = 'pending.example';
  const { executionId, laneId } = await plant(database, tenantId, host);
  // So many are pending at the last claim too.
  const size = pending + CLAIMS * CLAIM_SIZE;
  const site = { size, seed: 2 };
  for (let from = 1; from < size; from += 10_000) {
    const numbers = Array.from({ length: Math.min(10_000, size - from) }, (_, nth) => from + nth);
    const urls = numbers.map((number) => `http://${host}${pathOf(site, number)}`);
    await database.withTenant(
      tenantId,
      (/** @type {any} */ { sql }) => sql`
      insert into crawl_targets (execution_id, tenant_id, url_key, url, host, depth, priority, is_seed)
      select ${executionId}, ${tenantId}, url_key, url, ${host}, 3, 100, false
      from unnest(${urls.map(urlKey)}::uuid[], ${urls}::text[]) as target (url_key, url)`,
    );
  }
  const relaxed = { durability: 'relaxed' };
  const offer = { laneId, epoch: 1 };
  const { hold, config } = await database.withTenant(tenantId, (/** @type {any} */ tx) =>
    db.beginLane(tx, offer, { instanceId: newId(), leaseMs: 600_000 }),
  );
  const times = [];
  for (let nth = 0; nth < CLAIMS; nth += 1) {
    const begun = performance.now();
    const outcome = await database.withTenant(
      tenantId,
      (/** @type {any} */ tx) =>
        db.claimTargets(tx, hold, {
          wanted: CLAIM_SIZE,
          leaseMs: 600_000,
          config,
          inFlight: new Map(),
          held: new Set(),
          delayOf: () => ({ delayMs: 0, cause: null }),
          seen: new Map(),
          backOffMs: 60_000,
          afterHost: '',
        }),
      relaxed,
    );
    times.push(performance.now() - begun);
    const settlements = outcome.targets.map((/** @type {any} */ { urlKey: key, attempt }) => ({
      urlKey: key,
      attempt,
      verdict: { kind: 'failed', failureCode: 'simulated' },
      discoveries: [],
      errors: [],
    }));
    if (settlements.length === 0) throw new Error('nothing was claimed');
    await database.withTenant(
      tenantId,
      (/** @type {any} */ tx) => db.commitBatch(tx, hold, { settlements, scopeHosts: [] }),
      db.BATCH_TRANSACTION,
    );
  }
  return times.sort((a, b) => a - b);
}

const ledger = await startDatabase();
try {
  await db.runMigrations({ adminUrl: ledger.databaseUrl });
  const name = 'simulation';
  const system = db.openDatabase({ url: ledger.databaseUrl, role: 'outrider_system', applicationName: name });
  const tenantId = await system.withSystem((/** @type {any} */ tx) => db.ensureTenant(tx, name));
  await system.close();
  const database = db.openDatabase({ url: ledger.databaseUrl, role: 'outrider_app', applicationName: name });
  process.stdout.write(
    '| writers | pages/s | PostgreSQL, CPU ms a page | writer, CPU ms a page | cores PostgreSQL used | log bytes a page |\n',
  );
  process.stdout.write('|--:|--:|--:|--:|--:|--:|\n');
  for (const writers of values.writers.split(',').map(Number)) {
    const found = await measureWriters(ledger, database, tenantId, writers);
    process.stdout.write(
      `| ${writers} | ${found.pagesPerSecond.toFixed(0)} | ${found.databaseMs.toFixed(3)} | ${found.writerMs.toFixed(3)} | ${found.databaseCores.toFixed(2)} | ${found.walBytes.toFixed(0)} |\n`,
    );
  }
  const pending = Number(values.pending);
  const times = await measureClaims(database, tenantId, pending);
  const at = (/** @type {number} */ share) => (times[Math.ceil(share * times.length) - 1] ?? 0).toFixed(1);
  process.stdout.write(
    `\n${CLAIMS} claims of ${CLAIM_SIZE} URLs with ${pending.toLocaleString('en')} pending: p50 ${median(times).toFixed(1)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms.\n`,
  );
  await database.close();
} finally {
  await ledger.stop();
}
