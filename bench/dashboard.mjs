// `pnpm bench:dashboard [--minutes 10] [--rows 100000] [--per-second 200] [--quick]`
// The dashboard in Chromium, on an API with a planted execution: how long a first load takes with nothing in the cache, the
// longest task of the page while events arrive and a long table scrolls, and the heap over minutes of live view. Writes its
// figures into docs/benchmarks.md, and exits with 1 when one is not what it should be.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { setUp } from '../scripts/setup.mjs';
import { heapMb, longestTask, openDashboardBrowser, openPage } from './dashboard-page.mjs';
import { machineFacts } from './machine-facts.mjs';
import { plantExecution } from './planted-execution.mjs';
import { startDatabase } from './platform.mjs';
import { median, replaceFigures } from './render-figures.mjs';
import { startApi } from './start-api.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    rows: { type: 'string', default: '100000' },
    'per-second': { type: 'string', default: '200' },
    quick: { type: 'boolean', default: false },
  },
});
const [minutes, rows, perSecond] = [values.minutes, values.rows, values['per-second']].map(Number);
const LOADS = 5;
const LIMITS = { loadMs: 2_000, taskMs: 100, growth: 1.1 };
/** Most that a page of a list holds while it is scrolled. */
const SCROLL_LIMIT_MS = 10 * 60_000;

await setUp();
const db = await import(new URL('../packages/db/dist/index.js', import.meta.url).href);
/** @param {string} line */
const say = (line) => process.stderr.write(`${line}\n`);

/**
 * Writes events evenly, as many a second as were asked for: one in ten is progress, the others have words of their own.
 * Returns how to end that, which tells how many there were.
 * @param {any} system
 * @param {import('./planted-execution.mjs').Planted} planted
 */
function writeEvents(system, { tenantId, campaignId, executionId }) {
  const begun = performance.now();
  let isOver = false;
  let written = 0;
  const writeOne = async (/** @type {number} */ nth) => {
    const coverage = { discovered: nth * 9, fetched: nth * 5, failed: 3, skipped: nth, pending: nth * 3 };
    const progress = { type: 'execution.progress', payload: { coverage, errors: 3 } };
    const told = { type: 'host.frozen', payload: { host: `${nth}.example`, reason: 'a bench', until: null } };
    const event = { tenantId, campaignId, executionId, ...(nth % 10 === 0 ? progress : told) };
    await system.withSystem((/** @type {any} */ tx) => db.appendEvent(tx, event));
    written += 1;
  };
  const writing = (async () => {
    let asked = 0;
    const waiting = new Set();
    while (!isOver) {
      const due = ((performance.now() - begun) / 1_000) * (perSecond ?? 0);
      for (; asked < due && waiting.size < 100; asked += 1) {
        const one = writeOne(asked).finally(() => waiting.delete(one));
        waiting.add(one);
      }
      await sleep(2);
    }
    await Promise.all(waiting);
  })();
  return async () => {
    isOver = true;
    await writing;
    return { written, seconds: (performance.now() - begun) / 1_000 };
  };
}

/** Milliseconds from the request of the page to what it is there for, each time in a new browser profile. */
async function measureLoads(/** @type {any} */ browser, /** @type {any} */ at, /** @type {string} */ path) {
  const times = [];
  for (let round = 0; round < LOADS; round += 1) {
    const { page, close } = await openPage(browser, at);
    const begun = performance.now();
    await page.goto(path);
    await page.locator('[data-seq], [role="row"] a, tbody tr').first().waitFor();
    times.push(performance.now() - begun);
    await close();
  }
  return times;
}

/** Scrolls the table of pages to its end, and tells how many rows it had and the longest task meanwhile. */
async function measureScroll(/** @type {any} */ browser, /** @type {any} */ at, /** @type {string} */ path) {
  const { page, close } = await openPage(browser, at);
  await page.goto(path);
  const table = page.locator('section.virtual-table');
  await table.locator('[role="row"] a').first().waitFor();
  await longestTask(page);
  const begun = performance.now();
  let count = 0;
  while (performance.now() - begun < SCROLL_LIMIT_MS) {
    await table.evaluate((/** @type {any} */ element) => element.scrollBy(0, 4_000));
    const last = await table.locator('[role="row"]').last().getAttribute('aria-rowindex');
    count = Math.max(count, Number(last) - 1);
    if (count >= (rows ?? 0) - 1) break;
    await sleep(15);
  }
  const seconds = (performance.now() - begun) / 1_000;
  // Once more over all of it, now that everything is there.
  await table.evaluate((/** @type {any} */ element) => element.scrollTo(0, 0));
  for (let step = 0; step < 100; step += 1) {
    await table.evaluate((/** @type {any} */ element) => element.scrollBy(0, element.scrollHeight / 100));
    await sleep(20);
  }
  const task = await longestTask(page);
  await close();
  return { count, seconds, task };
}

/** The live view for so many minutes: its heap after each, and its longest task. */
async function measureLive(/** @type {any} */ browser, /** @type {any} */ at, /** @type {string} */ path) {
  const { page, close } = await openPage(browser, at);
  await page.goto(path);
  await page.locator('[data-seq]').first().waitFor();
  // What it keeps has bounds: a thousand moments of progress, of which twenty come a second, are there last.
  await sleep(60_000);
  await longestTask(page);
  const heaps = [await heapMb(page)];
  for (let minute = 0; minute < (minutes ?? 1); minute += 1) {
    await sleep(60_000);
    heaps.push(await heapMb(page));
    say(`live view: ${heaps.at(-1)?.toFixed(1)} MB after ${minute + 1} minutes`);
  }
  const task = await longestTask(page);
  const lines = await page.locator('[data-seq]').count();
  await close();
  return { heaps, task, lines };
}

const ledger = await startDatabase();
/** @type {Awaited<ReturnType<typeof startApi>> | null} */
let api = null;
/** @type {any} */
let browser = null;
try {
  await db.runMigrations({ adminUrl: ledger.databaseUrl });
  api = await startApi(ledger, randomBytes(24).toString('hex'));
  const planted = await plantExecution(ledger, { pages: rows ?? 0, say });
  const system = db.openDatabase({
    url: ledger.databaseUrl,
    role: 'outrider_system',
    applicationName: 'bench',
  });
  browser = await openDashboardBrowser();
  const [live, table] = [`/campaigns/${planted.campaignId}`, `/executions/${planted.executionId}/urls`];
  const loads = {
    'sign-in to campaigns': await measureLoads(browser, api, '/campaigns'),
    'a live view': await measureLoads(browser, api, live),
    'a table of pages': await measureLoads(browser, api, table),
  };
  const stopEvents = writeEvents(system, planted);
  const scrolled = await measureScroll(browser, api, table);
  say(`scrolled ${scrolled.count} rows, longest task ${scrolled.task} ms`);
  const watched = await measureLive(browser, api, live);
  const { written, seconds } = await stopEvents();
  await system.close();

  const [first = 0] = watched.heaps;
  const last = watched.heaps.at(-1) ?? 0;
  const slowest = Math.max(...Object.values(loads).flat());
  const facts = machineFacts();
  const row = (/** @type {(string | number)[]} */ ...cells) => `| ${cells.join(' | ')} |`;
  const figures = [
    `${facts.date}. ${facts.machine}; load at the end ${facts.load}. Chromium ${browser.version()}; browser, API and database on the same machine. ${(written / seconds).toFixed(0)} events/s.`,
    '',
    row('what', 'figure', 'asked'),
    '|---|--:|--:|',
    ...Object.entries(loads).map(([name, times]) =>
      row(
        `first load of ${name}, nothing cached: median and slowest of ${LOADS}`,
        `${median(times).toFixed(0)} ms, ${Math.max(...times).toFixed(0)} ms`,
        `${LIMITS.loadMs} ms`,
      ),
    ),
    row(
      `longest task while ${scrolled.count.toLocaleString('en')} rows scroll (${scrolled.seconds.toFixed(0)} s)`,
      `${scrolled.task} ms`,
      `${LIMITS.taskMs} ms`,
    ),
    row(`longest task in ${minutes} minutes of live view`, `${watched.task} ms`, `${LIMITS.taskMs} ms`),
    row(
      `JavaScript heap of the live view after garbage collection: at the beginning, after ${minutes} minutes`,
      `${first.toFixed(1)} MB, ${last.toFixed(1)} MB`,
      'no growth',
    ),
    row('lines of the activity that are in the page', watched.lines, 'bounded'),
  ].join('\n');
  process.stdout.write(`${figures}\n`);
  if (!values.quick) replaceFigures('dashboard', figures);
  const isSlow = slowest > LIMITS.loadMs || Math.max(scrolled.task, watched.task) > LIMITS.taskMs;
  if (isSlow || last > first * LIMITS.growth || scrolled.count < (rows ?? 0) - 1) process.exitCode = 1;
} finally {
  await browser?.close();
  await api?.stop();
  await ledger.stop();
}
