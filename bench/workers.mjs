// `pnpm bench:workers [--site generated|postgresql|rust|sqlite] [--rounds 5] [--quick]`
// The same site by one worker process and by two, in turns on the same cores: two must never be slower. Which of
// them begins changes from round to round; the generated site, which alone takes longer than a further worker stands by,
// has at most two, and none with --quick. Writes its table into docs/benchmarks.md unless --quick was given.
import { parseArgs } from 'node:util';
import { setUp } from '../scripts/setup.mjs';
import { startGeneratedSite } from './generated-site.mjs';
import { machineFacts } from './machine-facts.mjs';
import { measureCrawl } from './outrider-crawl.mjs';
import { median, replaceFigures } from './render-figures.mjs';
import { SITES, siteNamed, startSites } from './sites.mjs';

const { values } = parseArgs({
  options: {
    site: { type: 'string' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds ?? (values.quick ? 1 : 5));
const GENERATED = { size: 200_000, seed: 1, rounds: 2 };
const all = values.quick ? Object.keys(SITES) : [...Object.keys(SITES), 'generated'];
const names = values.site === undefined ? all : [values.site];

/** @param {readonly number[]} seconds */
const listed = (seconds) => seconds.map((one) => one.toFixed(1)).join(', ');

/** @param {string} name */
async function open(name) {
  if (name !== 'generated') return { ...siteNamed(name), rounds, end: () => undefined };
  const served = await startGeneratedSite(GENERATED);
  return { title: 'Generated site', ...served, rounds: Math.min(rounds, GENERATED.rounds) };
}

/**
 * The seconds that one worker and two take, round by round.
 * @param {string} name
 * @param {Awaited<ReturnType<typeof open>>} site
 */
async function measure(name, site) {
  /** @type {Record<1 | 2, number[]>} */
  const seconds = { 1: [], 2: [] };
  for (let round = 0; round < site.rounds; round += 1) {
    /** @type {(1 | 2)[]} */
    const order = round % 2 === 0 ? [1, 2] : [2, 1];
    for (const workers of order) {
      const options = [
        ...['--concurrency', '16', '--workers', String(workers)],
        ...['--max-pages', String(site.expected.pages + 1_000)],
      ];
      const { result, ledger } = await measureCrawl(site.url, options);
      if (result.pagesCrawled !== site.expected.pages)
        throw new Error(
          `${name}, ${workers} workers: ${result.pagesCrawled} pages instead of ${site.expected.pages}`,
        );
      seconds[workers].push(ledger.seconds);
      process.stderr.write(
        `${name}, round ${round + 1}, workers ${workers}: ${ledger.seconds.toFixed(2)} s\n`,
      );
    }
  }
  return seconds;
}

await setUp();
const stopSites = await startSites();
try {
  const rows = [];
  for (const name of names) {
    const site = await open(name);
    const seconds = await measure(name, site).finally(() => site.end());
    const ratio = median(seconds[1].map((one, round) => one / (seconds[2][round] ?? Number.NaN)));
    rows.push(
      `| ${site.title} | ${site.expected.pages} | ${listed(seconds[1])} | ${listed(seconds[2])} | ${ratio.toFixed(2)} |`,
    );
  }
  const machine = machineFacts();
  const figures = [
    `${machine.date}. ${machine.machine}; load at the end ${machine.load}.`,
    '',
    '| site | pages | one worker, seconds of each round | two workers | two to one, pages/s |',
    '|---|--:|--:|--:|--:|',
    ...rows,
  ].join('\n');
  process.stdout.write(`${figures}\n`);
  if (!values.quick && values.site === undefined) replaceFigures('workers', figures);
} finally {
  stopSites();
}
