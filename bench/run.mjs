// `pnpm bench [--site postgresql|rust|sqlite] [--rounds 3] [--quick] [--concurrency 16]`
// The same site, one after another in each round: stock Crawlee, Scrapy, wget2, the bare loop, and Outrider through
// `npm run crawl` with one worker and everything recorded. Writes its table into docs/benchmarks.md unless
// --quick was given.
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { setUp } from '../scripts/setup.mjs';
import { measureFirstPage } from './first-page.mjs';
import { machineFacts } from './machine-facts.mjs';
import { measureCrawl } from './outrider-crawl.mjs';
import { PEERS, runPeer } from './peers.mjs';
import { renderFigures, replaceFigures } from './render-figures.mjs';
import { siteNamed, startSites } from './sites.mjs';

/** Stock crawlers need half an hour for the whole of it; their speed is the same after some thousand pages. */
const PEER_LIMIT = 6_000;

const { values } = parseArgs({
  options: {
    site: { type: 'string', default: 'postgresql' },
    rounds: { type: 'string' },
    concurrency: { type: 'string', default: '16' },
    quick: { type: 'boolean', default: false },
  },
});
const site = siteNamed(values.site);
const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));

/** @param {string} line */
const say = (line) => process.stderr.write(`${line}\n`);

/** Writes out what the program before has left: wget2 leaves half a gigabyte of files, which whoever comes next would pay for. */
const settleDisk = () => execFileSync('sync');

await setUp();
const stopSites = await startSites();
try {
  /** @type {import('./render-figures.mjs').Round[]} */
  const done = [];
  for (let number = 1; number <= rounds; number += 1) {
    /** @type {Record<string, import('./peers.mjs').PeerRun>} */
    const peers = {};
    for (const peer of PEERS) {
      const limit = peer.followsWholeSite ? undefined : PEER_LIMIT;
      settleDisk();
      const run = await runPeer(peer, { url: site.url, concurrency: values.concurrency, limit });
      peers[peer.name] = run;
      say(
        `${number}/${rounds} ${peer.name}: ${run.pages} pages, ${(run.pages / run.seconds).toFixed(0)} pages/s`,
      );
    }
    settleDisk();
    const outrider = await measureCrawl(site.url, ['--concurrency', values.concurrency]);
    const { result, ledger, memory } = outrider;
    say(
      `${number}/${rounds} Outrider: ${result.pagesCrawled} pages, ${(result.pagesCrawled / ledger.seconds).toFixed(0)} pages/s, worker ${memory.workerMb.toFixed(0)} MB`,
    );
    done.push({ peers, outrider });
  }
  const firstPage = await measureFirstPage();
  const figures = renderFigures({ site, rounds: done, firstPage, machine: machineFacts() });
  process.stdout.write(`${figures}\n`);
  if (!values.quick) replaceFigures(values.site, figures);
} finally {
  stopSites();
}
