// Crawlee's PlaywrightCrawler as its documentation shows it: links followed on the same host, the same facts
// kept in memory. Usage: stock-playwright.mjs <url> <concurrency> [limit]; CHROMIUM_PATH names the browser.
import { Configuration, log } from '@crawlee/core';
import { PlaywrightCrawler } from '@crawlee/playwright';
import { chromium } from 'playwright';
import { report } from './report.mjs';

log.setLevel(log.LEVELS.ERROR);
const [start = '', concurrency = '4', limit = '1000000000'] = process.argv.slice(2);
const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const rows = [];
const crawler = new PlaywrightCrawler(
  {
    launchContext: {
      launcher: chromium,
      launchOptions: { executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] },
    },
    headless: true,
    minConcurrency: Number(concurrency),
    maxConcurrency: Number(concurrency),
    maxRequestsPerCrawl: Number(limit),
    maxRequestRetries: 1,
    async requestHandler({ page, request, response, enqueueLinks }) {
      rows.push({
        url: request.loadedUrl,
        status: response?.status(),
        title: await page.title(),
        html: (await page.content()).length,
      });
      await enqueueLinks({ strategy: 'same-hostname' });
    },
  },
  new Configuration({ persistStorage: false, availableMemoryRatio: 0.9 }),
);
const begun = performance.now();
await crawler.run([start]);
report({ pages: rows.length, seconds: (performance.now() - begun) / 1_000 });
process.exit(0);
