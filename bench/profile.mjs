// `pnpm bench:profile [--site postgresql|rust|sqlite|generated] [--urls 20000] [--concurrency 16]`
// Where the time of a crawl goes: a CPU profile of the worker by parts, and processor time by process. Writes
// its table into docs/benchmarks.md unless --quick was given.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setUp } from '../scripts/setup.mjs';
import { startGeneratedSite } from './generated-site.mjs';
import { runCrawlCommand } from './outrider-crawl.mjs';
import { startDatabase, startPlatform } from './platform.mjs';
import { readUse } from './process-memory.mjs';
import { secondsByPart } from './profile-parts.mjs';
import { replaceFigures } from './render-figures.mjs';
import { SITES, startSites } from './sites.mjs';

const { values } = parseArgs({
  options: {
    site: { type: 'string', default: 'generated' },
    urls: { type: 'string', default: '20000' },
    concurrency: { type: 'string', default: '16' },
    quick: { type: 'boolean', default: false },
  },
});

/** @returns {Promise<{ url: string, title: string, end: () => void }>} */
async function openSite() {
  if (values.site === 'generated') {
    const { url, end } = await startGeneratedSite({ size: Number(values.urls), seed: 1 });
    return { url, title: `the generated site of ${Number(values.urls).toLocaleString('en')} URLs`, end };
  }
  const site = SITES[values.site];
  if (site === undefined) throw new Error(`--site is generated or one of ${Object.keys(SITES).join(', ')}`);
  return { url: site.url, title: site.title, end: await startSites() };
}

await setUp();
const folder = mkdtempSync(join(tmpdir(), 'outrider-profile-'));
const site = await openSite();
const ledger = await startDatabase();
try {
  const file = join(folder, 'worker.cpuprofile');
  const preload = new URL(`profile-worker.mjs?to=${encodeURIComponent(file)}`, import.meta.url);
  const environment = { NODE_OPTIONS: `--import ${preload.href}` };
  const begun = performance.now();
  const platform = await startPlatform(ledger, { environment });
  const startSeconds = (performance.now() - begun) / 1_000;
  const pids = { platform: platform.pid, database: ledger.pid };
  const before = readUse(pids);
  const { result, after } = await crawl(platform, pids).finally(() => platform.stop());
  const parts = secondsByPart(JSON.parse(readFileSync(file, 'utf8')), startSeconds / 2);
  const figures = render({ result, before, after, parts });
  process.stdout.write(`${figures}\n`);
  if (!values.quick) replaceFigures('profile', figures);
} finally {
  site.end();
  await ledger.stop();
  rmSync(folder, { recursive: true, force: true });
}

/**
 * @param {import('./platform.mjs').BenchPlatform} platform
 * @param {{ platform: number, database: number }} pids
 */
async function crawl({ environment }, pids) {
  // The command itself is not to be profiled.
  const { NODE_OPTIONS: _, ...others } = environment;
  const result = await runCrawlCommand(site.url, {
    dataDir: ledger.dataDir,
    environment: { ...others, NODE_OPTIONS: '' },
    options: ['--concurrency', values.concurrency],
  });
  return { result, after: readUse(pids) };
}

/**
 * @param {{ result: import('./outrider-crawl.mjs').CrawlResult, before: ReturnType<typeof readUse>, after: ReturnType<typeof readUse>, parts: Map<string, number> }} found
 */
function render({ result, before, after, parts }) {
  const { pagesCrawled: pages, durationSeconds: seconds } = result;
  const working = [...parts].filter(([name]) => name !== 'idle');
  const total = working.reduce((sum, [, part]) => sum + part, 0);
  const perPage = (/** @type {number} */ part) => ((part * 1_000) / pages).toFixed(3);
  const worker = (after.workers[0]?.cpuSeconds ?? 0) - (before.workers[0]?.cpuSeconds ?? 0);
  const processes = [
    ['worker', worker],
    ['PostgreSQL', after.database.cpuSeconds - before.database.cpuSeconds],
    ['API, orchestrator', after.others.cpuSeconds - before.others.cpuSeconds],
  ].map(([name, cpu]) => `| ${name} | ${perPage(Number(cpu))} | ${(Number(cpu) / seconds).toFixed(2)} |`);
  return [
    `On ${site.title}: ${pages} pages in ${seconds.toFixed(1)} s (a profiled worker is slower). The worker's main thread was busy for ${total.toFixed(1)} s:`,
    '',
    '| part of the worker | share of its work | ms a page |',
    '|---|--:|--:|',
    ...working.map(
      ([name, part]) => `| ${name} | ${((100 * part) / total).toFixed(1)} % | ${perPage(part)} |`,
    ),
    '',
    '| process | CPU ms a page | cores |',
    '|---|--:|--:|',
    ...processes,
  ].join('\n');
}
