// `npm run screenshots -- <folder>`: starts a platform, crawls a made-up site, and takes pictures of every page of the
// dashboard: in both themes, and as wide as a phone. `npm run screenshots -- --readme`: the one picture of README.md.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterSetUp } from '../../scripts/setup.mjs';
import { ensureTestTools, pathWithTools } from '../../scripts/test-tools.mjs';
import { takeStates } from './picture-states.mjs';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const [folder = ''] = process.argv.slice(2);
if (folder === '') {
  process.stderr.write('usage: npm run screenshots -- <folder> | --readme\n');
  process.exit(2);
}
const README_PICTURE = join(ROOT, 'docs/dashboard.png');

/** Looks of the page: the width of a desk and of a phone. */
const LOOKS = [
  { name: 'light', colorScheme: 'light', width: 1280, height: 800 },
  { name: 'dark', colorScheme: 'dark', width: 1280, height: 800 },
  { name: 'phone', colorScheme: 'light', width: 390, height: 844 },
];
const CRAWL_SECONDS = 120;
/** The picture of the README is of a crawl that has fetched so many. */
const README_PAGES = 1_900;
const README_DELAY_MS = 15;
const README_HEIGHT = 900;

/** @param {string} dataDir */
async function startPlatform(dataDir) {
  const child = spawn(
    process.execPath,
    [join(ROOT, 'packages/cli/dist/main.js'), 'up', '--port', '0', '--json'],
    {
      env: { ...process.env, OUTRIDER_DATA_DIR: dataDir, OUTRIDER_ALLOW_PRIVATE_NETWORKS: '1' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  child.stdout.setEncoding('utf8');
  const [line] = await once(child.stdout, 'data');
  return { child, origin: JSON.parse(line).apiUrl };
}

/**
 * @param {string} origin
 * @param {string} key
 */
const callerOf =
  (origin, key) =>
  /**
   * @param {string} method
   * @param {string} path
   * @param {object} [body]
   */
  async (method, path, body) => {
    const answer = await fetch(`${origin}/api/crawler${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return answer.json();
  };

/**
 * @param {ReturnType<typeof callerOf>} call
 * @param {string} seed
 */
async function fillPlatform(call, seed) {
  const campaign = await call('POST', '/campaigns', {
    name: 'Handbook',
    seeds: [seed],
    scope: { deny: ['/page/1\\d'] },
  });
  const base = `/campaigns/${campaign.id}`;
  const schedule = await call('POST', `${base}/schedules`, {
    name: 'Every night',
    cron: '0 3 * * *',
    timeZone: 'Europe/Berlin',
  });
  /** @type {{ execution: { id: string } }} */
  let started = { execution: { id: '' } };
  for (let run = 0; run < 2; run += 1) {
    started = await call('POST', `${base}/start`, {});
    await waitForExecution(call, started.execution.id, ({ status }) => status === 'completed');
  }
  await call('POST', '/campaigns', { name: 'Shop', seeds: [seed], mode: 'sitemap' });
  const { key: otherKey } = await call('POST', '/api-keys', { name: 'Reporting', scope: 'viewer' });
  await call('POST', '/hosts/slow.example/freeze', { reason: 'They asked us to wait until Monday' });
  const slow = await call('POST', '/campaigns', {
    name: 'Slow and steady',
    seeds: [seed],
    politeness: { delayMs: 600 },
  });
  await call('POST', `/campaigns/${slow.id}/start`, {});
  const pages = await call('GET', `/executions/${started.execution.id}/pages?limit=2`);
  return {
    campaignId: campaign.id,
    runningId: slow.id,
    executionId: started.execution.id,
    scheduleId: schedule.id,
    urlKey: pages.items[0].urlKey,
    url: pages.items[0].url,
    otherKey,
  };
}

/** @typedef {Awaited<ReturnType<typeof fillPlatform>>} Made */

/** @param {Made} made */
function pagesOf({ campaignId, runningId, executionId, scheduleId, urlKey, url }) {
  return [
    ['campaigns', '/campaigns'],
    ['campaign-new', '/campaigns/new?url=https://example.org/'],
    ['campaign-running', `/campaigns/${runningId}`],
    ['campaign-done', `/campaigns/${campaignId}`],
    ['campaign-plan', `/campaigns/${campaignId}/plan`],
    ['campaign-edit', `/campaigns/${campaignId}/edit`],
    ['campaign-compare', `/campaigns/${campaignId}/compare`],
    ['campaigns-compare', `/campaigns/compare?ids=${campaignId},${runningId}`],
    ['execution-changes', `/executions/${executionId}/changes`],
    ['schedules-week', '/schedules?view=week'],
    ['schedules-list', '/schedules?view=list'],
    ['campaign-schedules', `/campaigns/${campaignId}/schedules`],
    ['execution', `/executions/${executionId}`],
    ['execution-pages', `/executions/${executionId}/urls`],
    ['execution-urls', `/executions/${executionId}/discovered?state=skipped`],
    ['execution-errors', `/executions/${executionId}/errors`],
    ['execution-errors-each', `/executions/${executionId}/errors?view=each`],
    ['execution-structure', `/executions/${executionId}/structure`],
    ['execution-explain', `/executions/${executionId}/explain?url=${encodeURIComponent(url)}`],
    ['url', `/executions/${executionId}/urls/${urlKey}`],
    ['schedules', '/schedules'],
    ['schedule', `/schedules/${scheduleId}`],
    ['fleet', '/fleet'],
    ['settings-keys', '/settings'],
    ['settings-quotas', '/settings?part=quotas'],
    ['settings-audit', '/settings?part=audit'],
  ];
}

/**
 * @param {import('playwright-core').BrowserContext} context
 * @param {string} origin
 * @param {string} key
 */
async function signIn(context, origin, key) {
  await context.request.post(`${origin}/api/crawler/session`, {
    headers: { authorization: `Bearer ${key}` },
  });
}

async function openBrowser() {
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking'],
  });
}

/**
 * @param {ReturnType<typeof callerOf>} call
 * @param {string} executionId
 * @param {(execution: any) => boolean} isThere
 */
async function waitForExecution(call, executionId, isThere) {
  for (let second = 0; second < CRAWL_SECONDS; second += 1) {
    if (isThere(await call('GET', `/executions/${executionId}`))) return;
    await sleep(1_000);
  }
  throw new Error('the crawl took too long');
}

/**
 * A campaign's second crawl as it runs, when it has something to show.
 * @param {ReturnType<typeof callerOf>} call
 * @param {string} origin
 * @param {string} key
 * @param {string} seed
 */
async function takeReadmePicture(call, origin, key, seed) {
  const campaign = await call('POST', '/campaigns', {
    name: 'Handbook',
    seeds: [seed],
    scope: { deny: ['/page/1\\d'] },
    lanes: 2,
  });
  const base = `/campaigns/${campaign.id}`;
  const first = await call('POST', `${base}/start`, {});
  await waitForExecution(call, first.execution.id, ({ status }) => status === 'completed');
  await call('PATCH', base, { politeness: { delayMs: README_DELAY_MS } });
  const { execution } = await call('POST', `${base}/start`, {});
  const browser = await openBrowser();
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width: 1280, height: README_HEIGHT },
    locale: 'en-US',
  });
  await signIn(context, origin, key);
  const page = await context.newPage();
  await page.goto(`/campaigns/${campaign.id}`);
  await waitForExecution(call, execution.id, ({ coverage }) => coverage.fetched > README_PAGES);
  await page.screenshot({ path: README_PICTURE });
  await browser.close();
}

/**
 * @param {string} origin
 * @param {string} key
 * @param {Made} made
 */
async function takePictures(origin, key, made) {
  const browser = await openBrowser();
  const other = await browser.newContext({ baseURL: origin });
  await signIn(other, origin, made.otherKey);
  for (const { name, colorScheme, width, height } of LOOKS) {
    const context = await browser.newContext({
      baseURL: origin,
      viewport: { width, height },
      colorScheme: colorScheme === 'dark' ? 'dark' : 'light',
      locale: 'en-US',
      // Nothing is half there.
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    await page.goto('/sign-in');
    await page.getByLabel('API key').waitFor();
    await page.screenshot({ path: join(resolve(folder), `sign-in-${name}.png`) });
    await signIn(context, origin, key);
    /** @param {string} title */
    const take = async (title) => {
      await page.screenshot({
        path: join(resolve(folder), `${title}-${name}.png`),
        fullPage: name === 'phone',
      });
    };
    for (const [title = '', path = ''] of pagesOf(made)) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      // Figures and charts need some moments of a running crawl.
      await page.waitForTimeout(title === 'campaign-running' ? 6_000 : 900);
      if (title === 'campaign-plan') {
        await page.getByRole('button', { name: 'Show the plan' }).click();
        await page.waitForTimeout(700);
      }
      await take(title);
    }
    await takeStates({ ...{ context, page, other, take }, ...made });
    await context.close();
  }
  await browser.close();
}

await afterSetUp(async () => {
  await ensureTestTools({ log: (line) => process.stdout.write(`${line}\n`) });
  process.env['PATH'] = pathWithTools();
  const { startOracle } = await import('@outrider/oracle');
  const isReadme = folder === '--readme';
  const dataDir = await mkdtemp(join(tmpdir(), 'outrider-pictures-'));
  await chmod(dataDir, 0o755);
  const plant = { notFound: 7, serverError: 2, redirects: 6, reset: 2, outOfScope: 5, noindex: 4 };
  const site = await startOracle(
    isReadme
      ? {
          seed: 11,
          pages: 3_000,
          linksPerPage: 8,
          delayMs: 20,
          plant: { ...plant, notFound: 40, redirects: 60 },
        }
      : { seed: 11, pages: 400, linksPerPage: 8, delayMs: 20, plant: { ...plant, sitemap: true } },
  );
  const { child, origin } = await startPlatform(dataDir);
  try {
    const key = (await readFile(join(dataDir, 'api-key'), 'utf8')).trim();
    const call = callerOf(origin, key);
    if (isReadme) {
      await takeReadmePicture(call, origin, key, site.seedUrl);
      process.stdout.write(`The picture is ${README_PICTURE}.\n`);
    } else {
      await mkdir(resolve(folder), { recursive: true });
      await takePictures(origin, key, await fillPlatform(call, site.seedUrl));
      process.stdout.write(`The pictures are in ${resolve(folder)}.\n`);
    }
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
    await site.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});
