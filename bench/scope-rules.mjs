// `pnpm bench:scope-rules [--pending 1000000]`
// A running execution with so many pending URLs whose campaign denies a pattern that stops half of them: how long until the
// frontier is clear of them, and how long its lanes wait for their claims meanwhile. Prints Markdown.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setUp } from '../scripts/setup.mjs';
import { startDatabase } from './platform.mjs';
import { median } from './render-figures.mjs';

const { values } = parseArgs({ options: { pending: { type: 'string', default: '1000000' } } });
await setUp();
const product = (/** @type {string} */ path) => import(new URL(`../packages/${path}`, import.meta.url).href);
const db = await product('db/dist/index.js');
const { applyScopeRules } = await product('orchestrator/dist/duties/apply-scope-rules.js');
const { changeScopeRules } = db;
const { campaignConfig, newId, urlKey } = await product('shared/dist/index.js');

const pending = Number(values.pending);
const LANES = 4;
const CLAIM_SIZE = 128;
const CLAIM_PAUSE_MS = 100;
/** As often as the orchestrator does it. */
const DUTY_INTERVAL_MS = 500;
const HOST = 'pending.example';
const QUIET_CLAIMS = 100;

/**
 * @param {any} database
 * @param {string} tenantId
 */
async function plant(database, tenantId) {
  const config = campaignConfig.parse({
    lanes: LANES,
    scope: { maxPages: 10_000_000 },
    politeness: { maxConcurrencyPerHost: 256 },
  });
  const [campaignId, executionId] = [newId(), newId()];
  const ids = { tenantId, campaignId, executionId };
  const within = (/** @type {(tx: any) => Promise<any>} */ work, /** @type {object} */ how = {}) =>
    database.withTenant(tenantId, work, how);
  const laneIds = await within(async (tx) => {
    await tx.sql`
      insert into crawler_campaigns (id, tenant_id, name, config)
      values (${campaignId}, ${tenantId}, 'rules', ${JSON.stringify(config)}::text::jsonb)`;
    await tx.sql`insert into campaign_metrics (campaign_id, tenant_id) values (${campaignId}, ${tenantId})`;
    const inserted = await db.insertExecution(tx, {
      ...ids,
      executionType: 'manual',
      config,
      configRevision: 1,
      scopeHosts: [HOST],
      seedsDiscovered: pending,
      seedsSkipped: 0,
      triggeredBy: 'the bench',
      triggerReason: null,
    });
    return inserted.laneIds;
  });
  for (let from = 0; from < pending; from += 10_000) {
    const numbers = Array.from({ length: Math.min(10_000, pending - from) }, (_, nth) => from + nth);
    const urls = numbers.map(
      (n) => `http://${HOST}/${n % 2 === 0 ? 'private' : 'public'}/section-${n % 97}/page-${n}`,
    );
    const keys = urls.map(urlKey);
    await within(async ({ sql }) => {
      await sql`
        insert into url_discovery_log (execution_id, tenant_id, campaign_id, url_hash, discovered_url, host,
          discovery_method, url_depth, is_internal, should_crawl, priority_score)
        select ${executionId}, ${tenantId}, ${campaignId}, url_key, url, ${HOST}, 'link', 3, true, true, 100
        from unnest(${keys}::uuid[], ${urls}::text[]) as target (url_key, url)`;
      await sql`
        insert into crawl_targets (execution_id, tenant_id, url_key, url, host, depth, priority, is_seed)
        select ${executionId}, ${tenantId}, url_key, url, ${HOST}, 3, 100, false
        from unnest(${keys}::uuid[], ${urls}::text[]) as target (url_key, url)`;
    });
  }
  const holds = [];
  for (const laneId of laneIds) {
    const taker = { instanceId: newId(), leaseMs: 3_600_000 };
    holds.push((await within((tx) => db.beginLane(tx, { laneId, epoch: 1 }, taker))).hold);
  }
  return { executionId, config, holds, within };
}

/**
 * Claims and commits as a lane does until it is told to end. The times of its claims, in milliseconds.
 * @param {Awaited<ReturnType<typeof plant>>} planted
 * @param {any} hold
 * @param {(claims: number) => boolean} isOver
 */
async function crawl({ config, within }, hold, isOver) {
  const times = [];
  while (!isOver(times.length)) {
    const begun = performance.now();
    const outcome = await within((tx) =>
      db.claimTargets(tx, hold, {
        wanted: CLAIM_SIZE,
        leaseMs: 3_600_000,
        config,
        inFlight: new Map(),
        held: new Set(),
        delayOf: () => ({ delayMs: 0, cause: null }),
        seen: new Map(),
        backOffMs: 60_000,
        afterHost: '',
      }),
    );
    times.push(performance.now() - begun);
    const settlements = outcome.targets.map((/** @type {any} */ { urlKey: key, attempt }) => ({
      urlKey: key,
      attempt,
      verdict: { kind: 'failed', failureCode: 'simulated' },
      discoveries: [],
      errors: [],
    }));
    if (settlements.length > 0) {
      await within((tx) => db.commitBatch(tx, hold, { settlements, scopeHosts: [] }), db.BATCH_TRANSACTION);
    }
    await sleep(CLAIM_PAUSE_MS);
  }
  return times;
}

/** @param {number[][]} lanes */
function row(lanes) {
  const times = lanes.flat().sort((a, b) => a - b);
  const at = (/** @type {number} */ share) => (times[Math.ceil(share * times.length) - 1] ?? 0).toFixed(1);
  return `${times.length} | ${median(times).toFixed(1)} | ${at(0.99)} | ${at(1)} |`;
}

const ledger = await startDatabase();
try {
  await db.runMigrations({ adminUrl: ledger.databaseUrl });
  const open = (/** @type {string} */ role) =>
    db.openDatabase({ url: ledger.databaseUrl, role, applicationName: 'bench' });
  const [system, database] = [open('outrider_system'), open('outrider_app')];
  const tenantId = await system.withSystem((/** @type {any} */ tx) => db.ensureTenant(tx, 'bench'));
  const planted = await plant(database, tenantId);
  await ledger.sql.unsafe('vacuum analyze crawl_targets, url_discovery_log');
  const quiet = await Promise.all(
    planted.holds.map((hold) => crawl(planted, hold, (n) => n >= QUIET_CLAIMS)),
  );

  const rules = { revision: 2, allow: [], deny: ['/private/'] };
  await planted.within((tx) => changeScopeRules(tx, planted.executionId, rules));
  let isApplied = false;
  const begun = performance.now();
  const crawling = planted.holds.map((hold) => crawl(planted, hold, () => isApplied));
  let [checked, skipped] = [0, 0];
  const logger = {
    error: (/** @type {unknown} */ what) => process.stderr.write(`${JSON.stringify(what)}\n`),
  };
  for (;;) {
    const report = await applyScopeRules({ database: system, logger });
    checked += report.checked;
    skipped += report.skipped;
    const left = await system.withSystem((/** @type {any} */ tx) => db.listUnchecked(tx, 1));
    if (left.length === 0) break;
    await sleep(DUTY_INTERVAL_MS);
  }
  const seconds = (performance.now() - begun) / 1_000;
  isApplied = true;
  const busy = await Promise.all(crawling);
  process.stdout.write(
    `${checked.toLocaleString('en')} pending URLs were held against the new rules in ${seconds.toFixed(1)} s, ${skipped.toLocaleString('en')} of them skipped.\n\n` +
      `| ${LANES} lanes claim | claims | median, ms | p99, ms | slowest, ms |\n|---|--:|--:|--:|--:|\n| before | ${row(quiet)}\n| meanwhile | ${row(busy)}\n`,
  );
  await system.close();
  await database.close();
} finally {
  await ledger.stop();
}
