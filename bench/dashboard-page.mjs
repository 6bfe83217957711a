// A page of the dashboard in Chromium, and what can be measured of it.
import { accessSync, constants } from 'node:fs';
import { chromium } from 'playwright';

const PROGRAMS = ['/usr/lib/chromium/chromium', '/usr/bin/chromium', '/usr/bin/google-chrome-stable'];

function chromiumPath() {
  const configured = process.env['CHROMIUM_PATH'];
  if (configured !== undefined && configured !== '') return configured;
  const found = PROGRAMS.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error('there is no Chromium: set CHROMIUM_PATH');
  return found;
}

export function openDashboardBrowser() {
  return chromium.launch({
    executablePath: chromiumPath(),
    args: [
      ...['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
      '--enable-precise-memory-info',
    ],
  });
}

/**
 * A page in a profile of its own, signed in, that notes its long tasks.
 * @param {import('playwright').Browser} browser
 * @param {{ apiUrl: string, apiKey: string }} api
 */
export async function openPage(browser, { apiUrl, apiKey }) {
  const context = await browser.newContext({
    baseURL: apiUrl,
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
  });
  await context.request.post(`${apiUrl}/api/crawler/session`, {
    headers: { authorization: `Bearer ${apiKey}` },
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.addInitScript(() => {
    const noted = { longest: 0 };
    Object.assign(globalThis, { noted });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) noted.longest = Math.max(noted.longest, duration);
    }).observe(/** @type {any} */ ({ type: 'longtask', buffered: true }));
  });
  return { page, close: () => context.close() };
}

/**
 * The longest task since this was last asked, in milliseconds; 0 when none took 50 (W3C Long Tasks).
 * @param {import('playwright').Page} page
 */
export async function longestTask(page) {
  return /** @type {Promise<number>} */ (
    page.evaluate('(() => { const { longest } = noted; noted.longest = 0; return Math.round(longest); })()')
  );
}

/**
 * The JavaScript heap of a page after garbage collection, in megabytes.
 * @param {import('playwright').Page} page
 */
export async function heapMb(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('HeapProfiler.enable');
  // What a first collection lets go of may hold what a second one finds.
  for (let round = 0; round < 3; round += 1) await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  await devtools.detach();
  return usedSize / 2 ** 20;
}
