// `pnpm bench:estimates [--scale 1] [--quick]`
// How true GET /executions/:id/progress is: crawls generated sites of several shapes, asks again and again, and says how far the
// remaining seconds were from what it really took, at 10, 25, 50, 75 and 90 % of each run's time. Writes the figures into
// docs/benchmarks.md, unless the sites are scaled or `--quick` says so.
import { request } from 'node:http';
import { parseArgs } from 'node:util';
import { setUp } from '../scripts/setup.mjs';
import { machineFacts } from './machine-facts.mjs';
import { startDatabase, startPlatform } from './platform.mjs';
import { replaceFigures } from './render-figures.mjs';

const { values } = parseArgs({
  options: { scale: { type: 'string', default: '1' }, quick: { type: 'boolean', default: false } },
});
await setUp();
const { startOracle } = await import(new URL('../packages/oracle/dist/index.js', import.meta.url).href);
const scale = Number(values.scale);
const SHARES = [0.1, 0.25, 0.5, 0.75, 0.9];
const ASK_MS = 100;

/**
 * @typedef {object} Shape
 * @property {string} name
 * @property {Record<string, unknown>} site
 * @property {Record<string, unknown>} config
 * @property {boolean} [again] a second execution of the same campaign
 */

const pages = (/** @type {number} */ count) => Math.round(count * scale);
const FAST = { politeness: { maxConcurrencyPerHost: 8 } };

/** @type {Shape[]} */
const SHAPES = [
  {
    name: 'meshed: each page names others anywhere',
    site: { pages: pages(3_000), linksPerPage: 12, delayMs: 20 },
    config: FAST,
  },
  {
    name: 'the same campaign again',
    site: { pages: pages(3_000), linksPerPage: 12, delayMs: 20 },
    config: FAST,
    again: true,
  },
  {
    name: 'narrow: three links a page',
    site: { pages: pages(2_000), linksPerPage: 3, delayMs: 20 },
    config: FAST,
  },
  {
    name: 'wide: sixty links a page',
    site: { pages: pages(3_000), linksPerPage: 60, delayMs: 20 },
    config: FAST,
  },
  {
    name: 'named by its sitemap',
    site: { pages: pages(3_000), linksPerPage: 4, delayMs: 20, plant: { sitemap: true } },
    config: FAST,
  },
  {
    name: 'a chain beside a few pages',
    site: { pages: 50, linksPerPage: 4, delayMs: 20, plant: { deep: pages(300) } },
    config: { ...FAST, scope: { maxDepth: 1_000 } },
  },
  {
    name: 'paced: one page each 100 ms',
    site: { pages: pages(150), linksPerPage: 6 },
    config: { politeness: { delayMs: 100 } },
  },
  {
    name: 'stopped by scope.maxPages',
    site: { pages: pages(6_000), linksPerPage: 12, delayMs: 20 },
    config: { ...FAST, scope: { maxPages: pages(1_500) } },
  },
];

/**
 * @param {import('./platform.mjs').BenchPlatform} platform
 * @param {string} method
 * @param {string} path below the base path
 * @param {object} [body]
 * @returns {Promise<any>}
 */
function call({ apiUrl, apiKey }, method, path, body) {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
    const sent = request(`${apiUrl}/api/crawler${path}`, { method, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => {
        if ((answer.statusCode ?? 500) < 300) resolve(JSON.parse(text));
        else reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`));
      });
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/**
 * @typedef {{ at: number, estimate: any, ms: number }} Asked
 *
 * Crawls once and asks for its progress until it has ended.
 * @param {import('./platform.mjs').BenchPlatform} platform
 * @param {string} campaignId
 * @returns {Promise<{ asked: Asked[], seconds: number, total: number }>}
 */
async function follow(platform, campaignId) {
  const { execution } = await call(platform, 'POST', `/campaigns/${campaignId}/start`, {});
  /** @type {Asked[]} */
  const asked = [];
  for (;;) {
    const begun = performance.now();
    const estimate = await call(platform, 'GET', `/executions/${execution.id}/progress`);
    asked.push({ at: Date.parse(estimate.asOf), estimate, ms: performance.now() - begun });
    if (['completed', 'failed', 'stopped', 'cancelled'].includes(estimate.status)) break;
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
  }
  const ended = await call(platform, 'GET', `/executions/${execution.id}`);
  const [from, to] = [Date.parse(ended.startedAt), Date.parse(ended.completedAt)];
  const within = asked.filter(({ at }) => at >= from && at <= to);
  return {
    asked: within.map((one) => ({ ...one, at: (one.at - from) / 1_000 })),
    seconds: (to - from) / 1_000,
    total: ended.coverage.fetched + ended.coverage.failed,
  };
}

/**
 * The error at a share of the run, in percent of its time; and whether the truth was within the bounds.
 * @param {{ asked: Asked[], seconds: number }} run
 * @param {number} share
 */
function cellOf({ asked, seconds }, share) {
  const found = asked.find(({ at }) => at >= share * seconds);
  if (found === undefined) return '';
  const { remainingSeconds, remainingRange } = found.estimate;
  const truth = seconds - found.at;
  const isWithin =
    remainingRange !== null && remainingRange.low <= truth + 1 && (remainingRange.high ?? truth) >= truth - 1;
  const mark = remainingRange === null ? '' : isWithin ? '' : ' (out of bounds)';
  if (remainingSeconds === null) return `none${mark}`;
  const error = ((remainingSeconds - truth) / seconds) * 100;
  return `${error >= 0 ? '+' : ''}${error.toFixed(0)} %${mark}`;
}

const ledger = await startDatabase();
const platform = await startPlatform(ledger);
try {
  const heads = [
    'site',
    'pages',
    'seconds',
    ...SHARES.map((share) => `at ${share * 100} %`),
    'an answer takes',
  ];
  const lines = [`| ${heads.join(' | ')} |`, `|---|${'--:|'.repeat(heads.length - 1)}`];
  process.stdout.write(`${lines.join('\n')}\n`);
  let campaignId = '';
  let oracle = null;
  for (const [seed, shape] of SHAPES.entries()) {
    if (shape.again !== true) {
      await oracle?.close();
      oracle = await startOracle({ seed: seed + 1, ...shape.site });
      const campaign = { name: shape.name, seeds: [oracle.seedUrl], ...shape.config };
      campaignId = (await call(platform, 'POST', '/campaigns', campaign)).id;
    }
    const run = await follow(platform, campaignId);
    const slow = run.asked.map(({ ms }) => ms).sort((a, b) => a - b)[Math.floor(run.asked.length / 2)] ?? 0;
    const cells = [
      shape.name,
      run.total,
      run.seconds.toFixed(1),
      ...SHARES.map((share) => cellOf(run, share)),
    ];
    lines.push(`| ${[...cells, `${slow.toFixed(0)} ms`].join(' | ')} |`);
    process.stdout.write(`${lines.at(-1)}\n`);
  }
  await oracle?.close();
  const facts = machineFacts();
  const about = `${facts.date}. ${facts.machine}; load at the end ${facts.load}.`;
  if (!values.quick && scale === 1) replaceFigures('estimates', [about, '', ...lines].join('\n'));
} finally {
  await platform.stop();
  await ledger.stop();
}
