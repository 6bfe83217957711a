// The findings of `pnpm bench:million`, as Markdown.
import { quantile, since } from './histogram.mjs';
import { peakAt, tenths, timeOf } from './run-samples.mjs';

/**
 * @typedef {object} Findings
 * @property {number} size
 * @property {number} workers
 * @property {{ pages: number, errors: number }} site what was expected
 * @property {import('./generated-site.mjs').Answered} answered what the site was asked
 * @property {import('./outrider-crawl.mjs').CrawlResult} result
 * @property {readonly import('./run-samples.mjs').Sample[]} samples
 * @property {ReturnType<typeof import('./process-memory.mjs').readUse>} before
 * @property {ReturnType<typeof import('./process-memory.mjs').readUse>} after
 * @property {number} indexSeconds from the end of the execution until its inlinks can be looked up
 * @property {ReturnType<typeof import('./process-memory.mjs').readUse>} indexUse
 * @property {{ seconds: number, links: number, inlinkRows: number, tables: Record<string, { bytes: number, indexBytes: number }> }} execution
 * @property {Reads | null} reads
 *
 * @typedef {object} Reads
 * @property {{ out: import('./api-latencies.mjs').Latency, in: import('./api-latencies.mjs').Latency }} links
 * @property {readonly import('./api-latencies.mjs').Latency[]} lists
 */

/** The limit of the lists, in milliseconds. */
const LIST_LIMIT_MS = 100;

/** @param {Findings} findings */
export function renderMillion(findings) {
  return [
    ...renderRun(findings),
    ...renderCost(findings),
    ...renderStorage(findings),
    ...(findings.reads === null ? [] : renderLatencies(findings.reads)),
  ].join('\n');
}

const whole = (/** @type {number} */ number) => Math.round(number).toLocaleString('en');
const row = (/** @type {readonly (string | number)[]} */ ...cells) => `| ${cells.join(' | ')} |`;

/** @param {readonly number[]} numbers @param {number} share */
function percentile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** @param {Findings} findings */
function renderRun({ size, workers, site, answered, result, samples, execution, indexSeconds }) {
  const { coverage } = result;
  const settled = coverage.fetched + coverage.failed + coverage.skipped + coverage.pending;
  const balances = coverage.discovered === settled && coverage.pending === 0;
  const asExpected = result.pagesCrawled === site.pages && result.errorsEncountered === site.errors;
  const speeds = tenths(samples);
  const early = peakAt(samples, Math.min(100_000, size / 10));
  const peak = Math.max(...samples.map((sample) => sample.workerPeakMb));
  const most = samples.reduce((a, b) => (b.pending > a.pending ? b : a));
  const last = samples.at(-1);
  const full = samples.filter((sample) => sample.pending >= 0.8 * most.pending);
  const claims = since(full.at(-1)?.claims ?? [], full[0]?.claims ?? []);
  return [
    `- ${whole(size)} URLs, ${workers} worker${workers === 1 ? '' : 's'}: ${result.status}; ${whole(result.pagesCrawled)} pages and ${whole(result.errorsEncountered)} errors, ${asExpected ? 'as expected' : `expected ${whole(site.pages)} and ${whole(site.errors)}`}.`,
    `- The receipt ${balances ? 'balances' : 'DOES NOT BALANCE'}: ${whole(coverage.discovered)} discovered = ${whole(coverage.fetched)} fetched + ${whole(coverage.failed)} failed + ${whole(coverage.skipped)} skipped + ${whole(coverage.pending)} pending.`,
    `- The site was asked for ${whole(answered.distinct)} of its URLs in ${whole(answered.requests)} requests, ${whole(answered.elsewhere)} of them for other paths.`,
    `- ${execution.seconds.toFixed(1)} s, ${(result.pagesCrawled / execution.seconds).toFixed(0)} pages/s in all. Each tenth: ${speeds.map((speed) => speed.toFixed(0)).join(', ')}. Last to first: ${((speeds[9] ?? 0) / (speeds[0] ?? 1)).toFixed(2)}.`,
    `- From the last page to the end: ${(execution.seconds - timeOf(samples, result.pagesCrawled)).toFixed(1)} s; to the index of inlinks: ${indexSeconds.toFixed(1)} s after the end.`,
    `- Worker at ${whole(Math.min(100_000, size / 10))} pages: ${early.toFixed(0)} MB at its peak; over the whole run: ${peak.toFixed(0)} MB (${(peak / early).toFixed(2)}). PostgreSQL: ${Math.max(...samples.map((sample) => sample.databaseMb)).toFixed(0)} MB.`,
    `- Claims: p50 ${ms(quantile(last?.claims ?? [], 0.5))}, p99 ${ms(quantile(last?.claims ?? [], 0.99))} over the run; with ${whole(full[0]?.pending ?? 0)} to ${whole(most.pending)} pending p50 ${ms(quantile(claims, 0.5))}, p99 ${ms(quantile(claims, 0.99))} (${whole(claims.at(-1)?.count ?? 0)} claims).`,
  ];
}

/** @param {number} seconds */
function ms(seconds) {
  return `${(seconds * 1_000).toFixed(1)} ms`;
}

/** @param {Findings} findings */
function renderCost({ result, answered, before, after, indexUse, execution }) {
  const perPage = (/** @type {number} */ seconds) =>
    `${((seconds * 1_000) / result.pagesCrawled).toFixed(3)} ms`;
  const worker = sumCpu(after.workers) - sumCpu(before.workers);
  const database = after.database.cpuSeconds - before.database.cpuSeconds;
  const others = after.others.cpuSeconds - before.others.cpuSeconds;
  const index = indexUse.database.cpuSeconds - after.database.cpuSeconds;
  return [
    `- Processor time per page: worker ${perPage(worker)}, PostgreSQL ${perPage(database)}, API and orchestrator ${perPage(others)}, the site itself ${perPage(answered.cpuSeconds)}; the index of inlinks ${perPage(index)} more of PostgreSQL. Cores in use: ${((worker + database + others + answered.cpuSeconds) / execution.seconds).toFixed(2)}.`,
  ];
}

/** @param {readonly { cpuSeconds: number }[]} all */
function sumCpu(all) {
  return all.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
}

/** @param {Findings} findings */
function renderStorage({ result, execution }) {
  const { tables, links } = execution;
  const total = Object.values(tables).reduce((sum, { bytes }) => sum + bytes, 0);
  const linkBytes = (tables['crawl_links']?.bytes ?? 0) + (tables['crawl_inlinks']?.bytes ?? 0);
  return [
    `- Stored: ${whole(total / result.pagesCrawled)} bytes per page, with everything; ${whole(linkBytes / links)} bytes per link in both directions (${whole(links)} links, ${(links / result.pagesCrawled).toFixed(1)} a page).`,
    '',
    row('Table', 'bytes per page', 'of which indexes'),
    row('---', '--:', '--:'),
    ...Object.entries(tables).map(([name, { bytes, indexBytes }]) =>
      row(name, whole(bytes / result.pagesCrawled), whole(indexBytes / result.pagesCrawled)),
    ),
  ];
}

/** @param {Reads} reads */
function renderLatencies({ links, lists }) {
  const figures = (/** @type {readonly number[]} */ times) => [
    percentile(times, 0.5).toFixed(1),
    percentile(times, 0.99).toFixed(1),
    Math.max(...times).toFixed(1),
  ];
  const over = lists.filter(({ times }) => percentile(times, 0.5) > LIST_LIMIT_MS);
  const best = lists.map(({ times }) => percentile(times, 0.5));
  return [
    '',
    row('Read over the API, ms', 'p50', 'p99', 'max'),
    row('---', '--:', '--:', '--:'),
    row(`out-links of ${links.out.times.length} URLs`, ...figures(links.out.times)),
    row(`inlinks of ${links.in.times.length} URLs, the first page's among them`, ...figures(links.in.times)),
    row(`${lists.length} lists, the median of each`, ...figures(best)),
    row('each single answer of theirs', ...figures(lists.flatMap(({ times }) => times))),
    '',
    over.length === 0
      ? `No list takes more than ${LIST_LIMIT_MS} ms.`
      : `Over ${LIST_LIMIT_MS} ms (${over.length} of ${lists.length}):`,
    '',
    ...(over.length === 0
      ? []
      : [row('List', 'rows', 'first time', 'median'), row('---', '--:', '--:', '--:')]),
    ...[...over]
      .sort((a, b) => percentile(b.times, 0.5) - percentile(a.times, 0.5))
      .map(({ what, items, times }) =>
        row(what, items, (times[0] ?? 0).toFixed(0), percentile(times, 0.5).toFixed(0)),
      ),
  ];
}
