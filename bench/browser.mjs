// `pnpm bench:browser [--pages 200] [--concurrency 4] [--rounds 3] [--site postgresql|sqlite] [--quick]`
// The same site and the same Chromium: stock PlaywrightCrawler, then Outrider with `--renderer browser` and
// everything recorded. Writes its table into docs/benchmarks.md unless --quick or one site was given.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setUp } from '../scripts/setup.mjs';
import { machineFacts } from './machine-facts.mjs';
import { measureCrawl } from './outrider-crawl.mjs';
import { runPeer } from './peers.mjs';
import { median, replaceFigures } from './render-figures.mjs';
import { siteNamed, startSites } from './sites.mjs';

const { values } = parseArgs({
  options: {
    pages: { type: 'string', default: '200' },
    concurrency: { type: 'string', default: '4' },
    rounds: { type: 'string' },
    site: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});
const names = values.site === undefined ? ['postgresql', 'sqlite'] : [values.site];
const { concurrency, pages } = values;
const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
const peer = {
  name: 'PlaywrightCrawler',
  command: [process.execPath, join(dirname(fileURLToPath(import.meta.url)), 'peers', 'stock-playwright.mjs')],
  debianPackages: ['chromium'],
  followsWholeSite: false,
};
// Both run the same engine, so that the ratio is that of the crawlers.
process.env['CHROMIUM_PATH'] ??= ['/usr/lib/chromium/chromium-headless-shell', '/usr/bin/chromium'].find(
  (path) => existsSync(path),
);

await setUp();
const stopSites = await startSites();
try {
  const rows = [];
  for (const name of names) {
    const site = siteNamed(name);
    /** @type {{ stock: number, own: number }[]} pages per second */
    const done = [];
    for (let round = 0; round < rounds; round += 1) {
      const stock = await runPeer(peer, { url: site.url, concurrency, limit: Number(pages) });
      const options = ['--renderer', 'browser', '--concurrency', concurrency, '--max-pages', pages];
      const { result, ledger } = await measureCrawl(site.url, options);
      const one = { stock: stock.pages / stock.seconds, own: result.pagesCrawled / ledger.seconds };
      done.push(one);
      process.stderr.write(
        `${name}: PlaywrightCrawler ${one.stock.toFixed(1)} pages/s, Outrider ${one.own.toFixed(1)} pages/s, ratio ${(one.own / one.stock).toFixed(1)}\n`,
      );
    }
    const listed = (/** @type {(one: typeof done[number]) => number} */ pick) =>
      done.map((one) => pick(one).toFixed(1)).join(', ');
    rows.push(
      `| ${site.title} | ${pages} | ${listed(({ stock }) => stock)} | ${listed(({ own }) => own)} | ${median(done.map(({ own, stock }) => own / stock)).toFixed(1)} |`,
    );
  }
  const machine = machineFacts();
  const figures = [
    `${machine.date}. ${machine.machine}; load at the end ${machine.load}; ${concurrency} pages at a time.`,
    '',
    '| site | pages | PlaywrightCrawler, pages/s of each round | Outrider | Outrider to this |',
    '|---|--:|--:|--:|--:|',
    ...rows,
  ].join('\n');
  process.stdout.write(`${figures}\n`);
  if (!values.quick && values.site === undefined) replaceFigures('browser', figures);
} finally {
  stopSites();
}
