// `pnpm bench:analytics [--pages 100000,1000000] [--quick]`
// What the end of an execution costs: the recount with which it completes, and the figures that are made of it after. While both
// run, events of the same campaign are written and pages of the same execution are read, to see whom they keep waiting. Writes
// the figures into docs/benchmarks.md.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setUp } from '../scripts/setup.mjs';
import { machineFacts } from './machine-facts.mjs';
import { plantExecution } from './planted-execution.mjs';
import { startDatabase } from './platform.mjs';
import { cpuSecondsBelow } from './process-memory.mjs';
import { replaceFigures } from './render-figures.mjs';

const { values } = parseArgs({
  options: {
    pages: { type: 'string', default: '100000,1000000' },
    quick: { type: 'boolean', default: false },
  },
});
await setUp();
const product = (/** @type {string} */ path) => import(new URL(`../packages/${path}`, import.meta.url).href);
const db = await product('db/dist/index.js');
const { completeExecutions } = await product('orchestrator/dist/duties/complete-executions.js');
const { analyzeEndedExecutions } = await product('orchestrator/dist/duties/analyze-executions.js');
const { createLogger } = await product('telemetry/dist/index.js');
const say = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);
const PROBE_MS = 20;

/** @typedef {import('./planted-execution.mjs').Planted} Planted */

/** Leaves nothing to fetch, the lane without its worker, and no other execution without figures. @param {any} sql @param {string} executionId */
async function leaveNothing(sql, executionId) {
  await sql`
    update crawl_targets set state = 'skipped', settled_at = now() where execution_id = ${executionId} and state = 'pending'`;
  await sql`
    update url_discovery_log set should_crawl = false, skip_reason = 'page_limit'
    where execution_id = ${executionId} and discovery_method = 'sitemap'`;
  await sql`update execution_lanes set status = 'finished', lease_until = null where execution_id = ${executionId}`;
  await sql`update campaign_executions set analyzed_at = now() where completed_at is not null`;
  await sql.unsafe('vacuum analyze');
}

/**
 * How long others take: an event of the campaign is written, and a list of the execution's pages read, again and again.
 * @param {any} system @param {Planted} planted
 */
function watchOthers(system, { tenantId, campaignId, executionId }) {
  const longest = { write: 0, read: 0 };
  let isOver = false;
  const payload = { name: 'planted', configRevision: 1 };
  const event = { tenantId, campaignId, executionId: null, type: 'campaign.updated', payload };
  const probe = async (
    /** @type {keyof typeof longest} */ kind,
    /** @type {(tx: any) => unknown} */ work,
  ) => {
    while (!isOver) {
      const begun = performance.now();
      await system.withSystem(work);
      longest[kind] = Math.max(longest[kind], performance.now() - begun);
      await sleep(PROBE_MS);
    }
  };
  const done = Promise.all([
    probe('write', (tx) => db.appendEvent(tx, event)),
    probe(
      'read',
      ({ sql }) =>
        sql`select url from crawl_results where execution_id = ${executionId} order by url_key limit 50`,
    ),
  ]);
  return async () => {
    isOver = true;
    await done;
    return longest;
  };
}

/**
 * @param {import('./platform.mjs').BenchDatabase} ledger
 * @param {{ system: any, planted: Planted }} on
 * @param {() => Promise<unknown>} work
 */
async function time(ledger, { system, planted }, work) {
  const stop = watchOthers(system, planted);
  await sleep(200);
  const cpu = cpuSecondsBelow(ledger.pid);
  const begun = performance.now();
  await work();
  const seconds = (performance.now() - begun) / 1_000;
  const postgres = cpuSecondsBelow(ledger.pid) - cpu;
  const others = await stop();
  return { seconds, postgres, others };
}

/** @param {number} pages */
async function measure(pages) {
  const ledger = await startDatabase();
  const open = (/** @type {string} */ role) =>
    db.openDatabase({ url: ledger.databaseUrl, role, applicationName: 'bench', maxConnections: 6 });
  const system = open('outrider_system');
  try {
    await db.runMigrations({ adminUrl: ledger.databaseUrl });
    await ledger.sql`insert into tenants (id, name) values (uuidv7(), 'bench')`;
    const planted = await plantExecution(ledger, { pages, say });
    await leaveNothing(ledger.sql, planted.executionId);
    const logger = createLogger({ name: 'orchestrator', level: 'silent' });
    const deps = { database: system, logger, crashAt: () => undefined };
    const on = { system, planted };
    const completed = await time(ledger, on, () => completeExecutions(deps));
    const analyzed = await time(ledger, on, () => analyzeEndedExecutions(deps));
    const [{ status, at }] = await ledger.sql`
      select status, analyzed_at as at from campaign_executions where id = ${planted.executionId}`;
    if (status !== 'completed' || at === null) throw new Error(`the execution is ${status}, analysed ${at}`);
    const [{ bytes }] = await ledger.sql`
      select sum(octet_length(summary::text))::int as bytes from campaign_analytics where campaign_id = ${planted.campaignId}`;
    return { pages, completed, analyzed, bytes };
  } finally {
    await system.close();
    await ledger.stop();
  }
}

const rows = [];
for (const pages of values.pages.split(',').map(Number)) {
  const { completed, analyzed, bytes } = await measure(pages);
  for (const [what, { seconds, postgres, others }] of Object.entries({ completed, analyzed })) {
    const cells = [
      ...[pages.toLocaleString('en'), what, seconds.toFixed(2), postgres.toFixed(2)],
      ...[others.write.toFixed(0), others.read.toFixed(0), what === 'analyzed' ? bytes : ''],
    ];
    rows.push(`| ${cells.join(' | ')} |`);
    process.stdout.write(`${rows.at(-1)}\n`);
  }
}
const facts = machineFacts();
const figures = [
  `${facts.date}. ${facts.machine}; load at the end ${facts.load}.`,
  '',
  "| pages | | seconds | PostgreSQL's CPU seconds, others' included | longest write of an event of the campaign, ms | longest read of its pages, ms | bytes of figures |",
  '|--:|---|--:|--:|--:|--:|--:|',
  ...rows,
].join('\n');
if (!values.quick) replaceFigures('analytics', figures);
