// `pnpm bench:million [--urls 1000000] [--workers 1] [--concurrency 16] [--seed 1] [--run-only] [--set name=value]`
// A generated site of that many URLs through `npm run crawl`, on a platform that runs already, looked at every
// second: does it complete, does its receipt balance, does it keep its speed and its memory, what does a page
// cost and take, and, unless --run-only, how fast are its records to read. Each --set is a setting of PostgreSQL to try.
// Prints its findings as Markdown.

import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setUp } from '../scripts/setup.mjs';
import { measureLinks, measureLists } from './api-latencies.mjs';
import { startGeneratedSite } from './generated-site.mjs';
import { readHistogram } from './histogram.mjs';
import { runCrawlCommand } from './outrider-crawl.mjs';
import { startDatabase, startPlatform } from './platform.mjs';
import { readUse } from './process-memory.mjs';
import { renderMillion } from './render-million.mjs';

const { values } = parseArgs({
  options: {
    urls: { type: 'string', default: '1000000' },
    workers: { type: 'string', default: '1' },
    concurrency: { type: 'string', default: '16' },
    seed: { type: 'string', default: '1' },
    'run-only': { type: 'boolean', default: false },
    set: { type: 'string', multiple: true, default: [] },
  },
});
const size = Number(values.urls);
const workers = Number(values.workers);
const SAMPLE_MS = 1_000;
const INDEX_LIMIT_MS = 30 * 60_000;
const LINKED_URLS = 50;

/** @param {string} line */
const say = (line) => process.stderr.write(`${line}\n`);

/**
 * Looks at a run until `stop`.
 * @param {import('./platform.mjs').BenchDatabase} ledger
 * @param {import('./platform.mjs').BenchPlatform} platform
 */
function watchRun(ledger, platform) {
  /** @type {import('./run-samples.mjs').Sample[]} */
  const samples = [];
  let goesOn = true;
  const work = (async () => {
    for (let nth = 0; goesOn; nth += 1) {
      const sample = await look(ledger, platform);
      if (sample !== null) {
        samples.push(sample);
        if (nth % 30 === 0)
          say(`${sample.at.toFixed(0)} s: ${sample.pages} pages, worker ${sample.workerMb.toFixed(0)} MB`);
      }
      await sleep(SAMPLE_MS);
    }
  })();
  return {
    samples,
    stop: async () => {
      goesOn = false;
      await work;
    },
  };
}

/**
 * @param {import('./platform.mjs').BenchDatabase} ledger
 * @param {import('./platform.mjs').BenchPlatform} platform
 * @returns {Promise<import('./run-samples.mjs').Sample | null>} null before the execution begins
 */
async function look({ sql, pid: database }, { pid, workerMetrics }) {
  const [run] = await sql`
    select extract(epoch from clock_timestamp() - started_at)::float8 as at, coalesce(sum(fetched), 0)::float8 as pages,
      coalesce(sum(discovered - skipped - fetched - lane.failed - in_flight), 0)::float8 as pending
    from campaign_executions execution join execution_lanes lane on lane.execution_id = execution.id
    where started_at is not null and completed_at is null group by started_at`;
  if (run === undefined) return null;
  const use = readUse({ platform: pid, database });
  const texts = await Promise.all(workerMetrics.map(async (url) => await readText(url)));
  const [first = [], ...others] = texts.map((text) => readHistogram(text, 'outrider_claim_duration_seconds'));
  return {
    ...run,
    workerMb: Math.max(0, ...use.workers.map(({ rssMb }) => rssMb)),
    workerPeakMb: Math.max(0, ...use.workers.map(({ peakMb }) => peakMb)),
    databaseMb: use.database.rssMb,
    workerCpu: use.workers.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    databaseCpu: use.database.cpuSeconds,
    otherCpu: use.others.cpuSeconds,
    claims: first.map(({ le, count }, at) => ({
      le,
      count: others.reduce((sum, other) => sum + (other[at]?.count ?? 0), count),
    })),
  };
}

/** @param {string} url */
async function readText(url) {
  const response = await fetch(url);
  return response.text();
}

/**
 * Waits until the inlinks of an ended execution can be looked up.
 * @param {import('./platform.mjs').BenchDatabase} ledger
 * @param {string} executionId
 * @returns {Promise<number>} seconds since the end of the execution
 */
async function awaitInlinks({ sql }, executionId) {
  for (const begun = performance.now(); performance.now() - begun < INDEX_LIMIT_MS; await sleep(250)) {
    const [row] = await sql`
      select inlinks_indexed_at is not null as done, extract(epoch from clock_timestamp() - completed_at)::float8 as seconds
      from campaign_executions where id = ${executionId}`;
    if (row.done) return row.seconds;
  }
  return Number.POSITIVE_INFINITY;
}

/**
 * @param {import('./platform.mjs').BenchDatabase} ledger
 * @param {string} executionId
 */
async function readExecution({ sql }, executionId) {
  const [execution] = await sql`
    select execution.tenant_id as "tenantId", campaign_id as "campaignId",
      extract(epoch from completed_at - started_at)::float8 as seconds,
      (select coalesce(sum(link_count), 0)::float8 from crawl_links where execution_id = execution.id) as links,
      (select count(*)::float8 from crawl_inlinks where execution_id = execution.id) as "inlinkRows"
    from campaign_executions execution where id = ${executionId}`;
  /** @type {Record<string, { bytes: number, indexBytes: number }>} */
  const tables = {};
  for (const table of [
    'crawl_results',
    'crawl_links',
    'crawl_inlinks',
    'url_discovery_log',
    'crawl_targets',
  ]) {
    const [found] = await sql`
      select sum(pg_total_relation_size(relid))::float8 as bytes, sum(pg_indexes_size(relid))::float8 as "indexBytes"
      from pg_partition_tree(${table}::text::regclass) where isleaf`;
    tables[table] = found;
  }
  return { ...execution, tables };
}

/**
 * @param {string} executionId
 * @param {{ tenantId: string, campaignId: string }} execution
 */
async function read(executionId, { tenantId, campaignId }) {
  // In a new process, with the statistics that there are, while the sitemaps are compared and the analytics made.
  await platform.stop();
  platform = await startPlatform(ledger);
  const subject = { platform, ledger, executionId, tenantId, campaignId };
  // What is asked for first waits for connections and for code that is not compiled yet.
  await measureLinks(subject, 5);
  const links = await measureLinks(subject, LINKED_URLS);
  say('links are read; now the lists');
  return { links, lists: await measureLists(subject) };
}

await setUp();
const site = await startGeneratedSite({ size, seed: Number(values.seed) });
const ledger = await startDatabase(Object.fromEntries(values.set.map((one) => one.split('='))));
let platform = await startPlatform(ledger, { workers });
try {
  const watch = watchRun(ledger, platform);
  const before = readUse({ platform: platform.pid, database: ledger.pid });
  const result = await runCrawlCommand(site.url, {
    dataDir: ledger.dataDir,
    environment: platform.environment,
    options: [
      ...['--concurrency', values.concurrency, '--workers', values.workers],
      ...['--max-pages', String(size + 1_000)],
    ],
  });
  const after = readUse({ platform: platform.pid, database: ledger.pid });
  await watch.stop();
  say(`crawled ${result.pagesCrawled} in ${result.durationSeconds.toFixed(1)} s; waiting for the inlinks`);
  const indexSeconds = await awaitInlinks(ledger, result.executionId);
  const indexUse = readUse({ platform: platform.pid, database: ledger.pid });
  const execution = await readExecution(ledger, result.executionId);
  const reads = values['run-only'] ? null : await read(result.executionId, execution);
  const answered = await site.stop();
  process.stdout.write(
    `${renderMillion({ size, workers, site: site.expected, answered, result, samples: watch.samples, before, after, indexSeconds, indexUse, execution, reads })}\n`,
  );
} finally {
  await platform.stop();
  await ledger.stop();
  site.end();
}
