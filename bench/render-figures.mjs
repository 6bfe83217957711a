// The table of docs/benchmarks.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Round
 * @property {Record<string, import('./peers.mjs').PeerRun>} peers
 * @property {import('./outrider-crawl.mjs').MeasuredCrawl} outrider
 */

const DOCUMENT = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));

/** @param {readonly number[]} numbers */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  return (low + (sorted[Math.floor(middle)] ?? low)) / 2;
}

/** @param {import('./peers.mjs').PeerRun} run */
const speed = (run) => run.pages / run.seconds;
/** @param {Round} round */
const ownSpeed = ({ outrider }) => outrider.ledger.pages / outrider.ledger.seconds;

/**
 * @param {{ site: import('./sites.mjs').Site, rounds: readonly Round[], firstPage: { newDataDir: number, usedDataDir: number }, machine: ReturnType<typeof import('./machine-facts.mjs').machineFacts> }} measured
 */
export function renderFigures({ site, rounds, firstPage, machine }) {
  const names = Object.keys(rounds[0]?.peers ?? {});
  const of = (/** @type {(round: Round) => number} */ pick) => rounds.map(pick);
  const peerOf = (/** @type {Round} */ round, /** @type {string} */ name) => {
    const run = round.peers[name];
    if (run === undefined) throw new Error(`${name} did not run`);
    return run;
  };
  const row = (/** @type {string[]} */ ...cells) => `| ${cells.join(' | ')} |`;
  const numbers = (/** @type {readonly number[]} */ all) => all.map((one) => one.toFixed(0)).join(', ');
  const peerRows = names.map((name) => {
    const speeds = of((round) => speed(peerOf(round, name)));
    const ratio = median(of((round) => ownSpeed(round) / speed(peerOf(round, name))));
    return row(
      name,
      String(median(of((round) => peerOf(round, name).pages))),
      numbers(speeds),
      median(speeds).toFixed(0),
      median(of((round) => peerOf(round, name).peakMb)).toFixed(0),
      ratio.toFixed(2),
    );
  });
  const ledgers = rounds.map((round) => round.outrider.ledger);
  const pages = median(ledgers.map((ledger) => ledger.pages));
  const bytesPer = (/** @type {(ledger: typeof ledgers[number]) => number} */ pick) =>
    Math.round(median(ledgers.map(pick))).toLocaleString('en');
  const peaks = rounds.map((round) =>
    Math.max(round.outrider.memory.workerMb, round.outrider.ledger.workerPeakMb),
  );
  return [
    `${site.title}, ${site.url}, ${machine.date}. ${machine.machine}; load at the end ${machine.load}. ${machine.versions}.`,
    '',
    row('', 'pages', 'pages/s, each round', 'median', 'peak MB', 'Outrider to this'),
    row('---', '--:', '--:', '--:', '--:', '--:'),
    ...peerRows,
    row(
      '**Outrider**',
      String(pages),
      numbers(of(ownSpeed)),
      `**${median(of(ownSpeed)).toFixed(0)}**`,
      Math.max(...peaks).toFixed(0),
      '',
    ),
    '',
    `- Errors (answers of 4xx and 5xx, and URLs without an answer): ${median(of((round) => round.outrider.result.errorsEncountered))}.`,
    `- The whole command, from its start to its end: ${median(of((round) => round.outrider.commandSeconds)).toFixed(1)} s.`,
    `- PostgreSQL's processes beside the worker: ${Math.max(...of((round) => round.outrider.memory.databaseMb)).toFixed(0)} MB at their peak.`,
    `- From \`npm run crawl\` to the first page: ${firstPage.newDataDir.toFixed(1)} s on a new data directory, ${firstPage.usedDataDir.toFixed(1)} s on a used one.`,
    `- Stored per page: ${bytesPer((ledger) => sum(ledger.bytes) / ledger.pages)} bytes, of which links ${bytesPer((ledger) => linkBytes(ledger) / ledger.pages)} and the page's own record ${bytesPer((ledger) => (ledger.bytes['crawl_results'] ?? 0) / ledger.pages)}. Per link: ${bytesPer((ledger) => linkBytes(ledger) / ledger.links)} bytes (${bytesPer((ledger) => ledger.links)} links). Indexes are counted.`,
  ].join('\n');
}

/**
 * Both sides of the link graph; the inlinks are made after the end, and may not be there yet.
 * @param {import('./read-ledger.mjs').Ledger} ledger
 */
function linkBytes({ bytes }) {
  return (bytes['crawl_links'] ?? 0) + (bytes['crawl_inlinks'] ?? 0);
}

/** @param {Readonly<Record<string, number>>} parts */
function sum(parts) {
  return Object.values(parts).reduce((total, part) => total + part, 0);
}

/**
 * Puts the figures between their marks in docs/benchmarks.md.
 * @param {string} name of the site
 * @param {string} figures
 */
export function replaceFigures(name, figures) {
  const [begin, end] = [`<!-- figures: ${name} -->`, `<!-- end of figures: ${name} -->`];
  const text = readFileSync(DOCUMENT, 'utf8');
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md has no place for the figures of ${name}`);
  writeFileSync(DOCUMENT, `${text.slice(0, from)}${begin}\n${figures}\n${text.slice(to)}`);
}
