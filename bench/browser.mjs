// `pnpm bench:browser [--pages 200] [--concurrency 4] [--rounds 1] [--site postgresql|sqlite]`
// The same site and the same Chromium: stock PlaywrightCrawler, then Outrider with `--renderer browser` and
// everything recorded. Prints pages per second of both, and the ratio.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setUp } from '../scripts/setup.mjs';
import { measureCrawl } from './outrider-crawl.mjs';
import { runPeer } from './peers.mjs';
import { SITES, startSites } from './sites.mjs';

const { values } = parseArgs({
  options: {
    pages: { type: 'string', default: '200' },
    concurrency: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '1' },
    site: { type: 'string' },
  },
});
const names = values.site === undefined ? ['postgresql', 'sqlite'] : [values.site];
const { concurrency, pages } = values;
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
  for (const name of names) {
    const site = SITES[name];
    if (site === undefined) throw new Error(`--site is one of ${Object.keys(SITES).join(', ')}`);
    for (let round = 0; round < Number(values.rounds); round += 1) {
      const stock = await runPeer(peer, { url: site.url, concurrency, limit: Number(pages) });
      const options = ['--renderer', 'browser', '--concurrency', concurrency, '--max-pages', pages];
      const { result, ledger } = await measureCrawl(site.url, options);
      const stockRate = stock.pages / stock.seconds;
      const ownRate = result.pagesCrawled / ledger.seconds;
      process.stdout.write(
        `${name}: PlaywrightCrawler ${stockRate.toFixed(1)} pages/s, Outrider ${ownRate.toFixed(1)} pages/s, ratio ${(ownRate / stockRate).toFixed(1)}\n`,
      );
    }
  }
} finally {
  stopSites();
}
