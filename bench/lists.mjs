// `pnpm bench:lists [--pages 1000000]`
// How long the API takes over the lists of an execution of that size, planted by SQL: every list with each of its filters,
// at its first page and at its deepest cursor, while the execution runs and after its end. Prints its findings as
// Markdown; exits with 1 when a list takes more than 100 ms or links more than 50.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setUp } from '../scripts/setup.mjs';
import { measureLinks, measureLists } from './api-latencies.mjs';
import { endPlanted, plantExecution } from './planted-execution.mjs';
import { startDatabase, startPlatform } from './platform.mjs';
import { renderLists } from './render-lists.mjs';

const { values } = parseArgs({ options: { pages: { type: 'string', default: '1000000' } } });
const pages = Number(values.pages);
const LINKED_URLS = 100;
const DUTY_LIMIT_MS = 30 * 60_000;

/** @param {string} line */
const say = (line) => process.stderr.write(`${line}\n`);

/**
 * @param {import('./platform.mjs').BenchDatabase} ledger
 * @param {import('./planted-execution.mjs').Planted} planted
 * @param {string} when
 */
async function measure(ledger, planted, when) {
  const platform = await startPlatform(ledger);
  try {
    if (when === 'ended') await awaitDuties(ledger, planted);
    const subject = {
      ...{ platform, ledger, ...planted, otherHost: 'h-77.example' },
      urlParts: ['page-77', 'section-7/page-1999', 'no-such-page'],
    };
    // What is asked for first waits for connections and for code that is not compiled yet.
    await measureLinks(subject, 5);
    const links = await measureLinks(subject, LINKED_URLS);
    say(`${when}: links are read; now the lists`);
    return { when, links, lists: await measureLists(subject) };
  } finally {
    await platform.stop();
  }
}

/**
 * Waits until the links are indexed and the sitemaps compared.
 * @param {import('./platform.mjs').BenchDatabase} ledger
 * @param {import('./planted-execution.mjs').Planted} planted
 */
async function awaitDuties({ sql }, { executionId }) {
  for (const begun = performance.now(); performance.now() - begun < DUTY_LIMIT_MS; await sleep(500)) {
    const [{ done }] = await sql`
      select sitemaps_compared_at is not null as done from campaign_executions where id = ${executionId}`;
    if (!done) continue;
    say(`links are indexed and sitemaps compared in ${((performance.now() - begun) / 1_000).toFixed(0)} s`);
    await sql.unsafe('vacuum analyze crawl_inlinks, sitemap_differences');
    return;
  }
  throw new Error('the links were not indexed in time');
}

await setUp();
const ledger = await startDatabase();
try {
  // Its first start migrates the database and makes the tenant.
  await (await startPlatform(ledger)).stop();
  const planted = await plantExecution(ledger, { pages, say });
  const running = await measure(ledger, planted, 'running');
  const [{ status }] =
    await ledger.sql`select status from campaign_executions where id = ${planted.executionId}`;
  if (status !== 'running') throw new Error(`the planted execution was to run, and is ${status}`);
  await endPlanted(ledger, planted);
  const ended = await measure(ledger, planted, 'ended');
  const { text, slow } = renderLists(pages, [running, ended]);
  process.stdout.write(`${text}\n`);
  if (slow > 0) process.exitCode = 1;
} finally {
  await ledger.stop();
}
