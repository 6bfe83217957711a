// `pnpm bench:determinism`: the same site must give the same counts every time, whatever the number of
// workers. Crawls the PostgreSQL manual and the SQLite documentation with 1 and with 2 worker processes,
// three times each, through `npm run crawl`. Exit code 1 when a count differs.
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setUp } from '../scripts/setup.mjs';
import { newDataDir, runCrawlCommand } from './outrider-crawl.mjs';
import { SITES, startSites } from './sites.mjs';

const TIMES = 3;

/**
 * @param {import('./outrider-crawl.mjs').CrawlResult} result
 * @param {import('./sites.mjs').Site} site
 * @returns {string[]} what is not as it must be
 */
function faultsOf({ status, pagesCrawled, errorsEncountered, coverage }, { expected }) {
  const faults = [];
  if (status !== 'completed') faults.push(`status ${status}`);
  if (pagesCrawled !== expected.pages) faults.push(`${expected.pages} pages expected`);
  if (errorsEncountered !== expected.errors) faults.push(`${expected.errors} errors expected`);
  if (coverage.fetched !== pagesCrawled) faults.push('fetched differs from pages');
  if (coverage.failed !== 0 || coverage.pending !== 0) faults.push('something failed or was left');
  const settled = coverage.fetched + coverage.failed + coverage.skipped + coverage.pending;
  if (coverage.discovered !== settled) faults.push('the receipt does not balance');
  return faults;
}

await setUp();
const stopSites = await startSites();
let wrong = 0;
process.stdout.write('| site | workers | run | pages | errors | discovered | skipped | seconds | |\n');
process.stdout.write('|---|--:|--:|--:|--:|--:|--:|--:|---|\n');
try {
  for (const site of [SITES['postgresql'], SITES['sqlite']]) {
    if (site === undefined) continue;
    /** @type {Set<number>} */
    const discovered = new Set();
    for (const workers of [1, 2]) {
      for (let run = 1; run <= TIMES; run += 1) {
        const dataDir = newDataDir();
        const options = ['--concurrency', '16', '--workers', String(workers)];
        // Else the second one would stand by to the end.
        const environment = { OUTRIDER_LANE_STANDBY_MS: '0' };
        const result = await runCrawlCommand(site.url, { dataDir, options, environment });
        rmSync(dirname(dataDir), { recursive: true, force: true });
        const faults = faultsOf(result, site);
        if (discovered.add(result.coverage.discovered).size > 1)
          faults.push('discovered differs between runs');
        wrong += faults.length;
        const { coverage } = result;
        const cells = [
          site.title,
          workers,
          run,
          result.pagesCrawled,
          result.errorsEncountered,
          coverage.discovered,
          coverage.skipped,
          result.durationSeconds.toFixed(1),
          faults.length === 0 ? 'as expected' : faults.join('; '),
        ];
        process.stdout.write(`| ${cells.join(' | ')} |\n`);
      }
    }
  }
} finally {
  stopSites();
}
if (wrong > 0) process.exitCode = 1;
