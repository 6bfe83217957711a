import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { descendantsOf, until } from '../end-to-end/outrider-program.js';
import { startDashboard, type TestDashboard } from './start-dashboard.js';

let dashboard: TestDashboard;

beforeAll(async () => {
  dashboard = await startDashboard();
}, 300_000);
afterAll(() => dashboard?.close());

/** A campaign on a slow site, which runs for as long as the test. */
async function startSlowCrawl(name: string): Promise<{ campaignId: string; executionId: string }> {
  const { api, session } = dashboard;
  const site = await session.site({ seed: 3, pages: 3_000, linksPerPage: 5, delayMs: 10 });
  const body = { name, seeds: [site.seedUrl], politeness: { delayMs: 100 } };
  const { id } = await api.call('createCampaign', { body });
  const { execution } = await api.call('startCampaign', { params: { id }, body: {} });
  await until('pages are fetched', async () => {
    const { coverage } = await api.call('getExecution', { params: { id: execution.id } });
    return coverage.fetched > 5;
  });
  return { campaignId: id, executionId: execution.id };
}

/** Makes events that say something different each. */
async function writeEvents(campaignId: string, from: number, to: number): Promise<void> {
  for (let nth = from; nth <= to; nth += 1) {
    const body = { scope: { maxPages: 50_000 + nth } };
    await dashboard.api.call('updateCampaign', { params: { id: campaignId }, body });
  }
}

/** A line of the activity: for how many events it stands, and from which to which. */
interface Line {
  readonly newest: number;
  readonly oldest: number;
  readonly count: number;
}

/** All lines that the page has, newest first, read by scrolling through them. */
async function linesShown(page: Page): Promise<Line[]> {
  const stream = page.getByRole('log', { name: 'Activity' });
  await stream.evaluate((element) => element.scrollTo({ top: 0 }));
  const seen = new Map<number, Line>();
  for (;;) {
    await page.waitForTimeout(120);
    for (const line of await stream.locator('[data-seq]').all()) {
      const newest = Number(await line.getAttribute('data-seq'));
      const oldest = Number(await line.getAttribute('data-oldest'));
      const count = Number(await line.getAttribute('data-count'));
      seen.set(newest, { newest, oldest, count });
    }
    const isEnd = await stream.evaluate((element) => {
      const before = element.scrollTop;
      element.scrollBy({ top: 250 });
      return element.scrollTop === before;
    });
    if (isEnd) return [...seen.values()].sort((a, b) => b.newest - a.newest);
  }
}

/** Numbers of the events that a page has to tell of. */
async function numbersWritten(campaignId: string): Promise<number[]> {
  const query = { progress: 'false', limit: '1000' };
  const { items } = await dashboard.api.call('listEvents', { params: { id: campaignId }, query });
  return items.map(({ seq }) => seq);
}

/** Whether the page tells of every event once. What is written while it is read does not count. */
async function expectWhole(page: Page, campaignId: string): Promise<void> {
  const lines = await linesShown(page);
  const last = lines[0]?.newest ?? 0;
  const written = (await numbersWritten(campaignId)).filter((seq) => seq <= last);
  expect(written.length).toBeGreaterThan(10);
  const told = lines.map(({ newest, oldest, count }) => ({
    newest,
    count,
    written: written.filter((seq) => seq <= newest && seq >= oldest).length,
  }));
  expect(told.filter(({ count, written: there }) => count !== there)).toEqual([]);
  expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(written.length);
}

/** Waits until the newest line is of the newest event. */
async function settle(page: Page, campaignId: string): Promise<void> {
  const last = (await numbersWritten(campaignId)).at(-1) ?? 0;
  const stream = page.getByRole('log', { name: 'Activity' });
  const isThere = async (): Promise<boolean> => {
    await stream.evaluate((element) => element.scrollTo({ top: 0 }));
    const newest = stream.locator('[data-seq]').first();
    return Number(await newest.getAttribute('data-seq')) >= last;
  };
  await until('the page tells of the last event', isThere);
}

const indicator = (page: Page, state: string) =>
  page.locator('header').getByRole('status').filter({ hasText: state });

describe('a live view', () => {
  it('of a running crawl lives through the death of the API: it says so, comes back, and misses no event', {
    timeout: 90_000,
  }, async () => {
    const { campaignId, executionId } = await startSlowCrawl('Killed in between');
    const { page } = await dashboard.signedIn();
    await page.goto(`/campaigns/${campaignId}`);
    await indicator(page, 'Live').waitFor();
    await page.evaluate('globalThis.sameDocument = true');
    await writeEvents(campaignId, 1, 5);
    await settle(page, campaignId);

    process.kill(await apiProcess(), 'SIGKILL');
    await indicator(page, 'Reconnecting').waitFor();
    // While nobody is told, the crawl goes on and writes events.
    await until('the API is back', async () => {
      const answer = await fetch(`${dashboard.origin}/healthz`).catch(() => null);
      return answer?.ok === true;
    });
    await writeEvents(campaignId, 6, 30);
    await indicator(page, 'Live').waitFor();
    await settle(page, campaignId);
    await expectWhole(page, campaignId);
    const shown = page.getByText(/of the URLs known by now/);
    const before = await shown.textContent();
    await until('figures move again', async () => (await shown.textContent()) !== before);
    expect(await page.evaluate('globalThis.sameDocument')).toBe(true);
    await dashboard.api.call('cancelExecution', { params: { id: executionId }, body: {} });
  });

  it('lives through ten seconds without a network, and through a sleep, without a hole', {
    timeout: 90_000,
  }, async () => {
    const { api } = dashboard;
    const created = await api.call('createCampaign', {
      body: { name: 'Cut off', seeds: ['https://example.org/'] },
    });
    const { page, context } = await dashboard.signedIn();
    await page.goto(`/campaigns/${created.id}`);
    await indicator(page, 'Live').waitFor();
    const devtools = await context.newCDPSession(page);

    const conditions = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
    await devtools.send('Network.enable');
    await devtools.send('Network.emulateNetworkConditions', { ...conditions, offline: true });
    await indicator(page, 'Offline').waitFor();
    await writeEvents(created.id, 1, 10);
    await page.waitForTimeout(10_000);
    await devtools.send('Network.emulateNetworkConditions', { ...conditions, offline: false });
    await indicator(page, 'Live').waitFor();
    await settle(page, created.id);
    await expectWhole(page, created.id);

    await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
    await writeEvents(created.id, 11, 30);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await devtools.send('Page.setWebLifecycleState', { state: 'active' });
    await settle(page, created.id);
    await expectWhole(page, created.id);
  });

  it('says who else is looking, and for how long they do', { timeout: 60_000 }, async () => {
    const { api } = dashboard;
    const { id } = await api.call('createCampaign', {
      body: { name: 'Watched', seeds: ['https://example.org/'] },
    });
    const { key } = await api.call('createApiKey', { body: { name: 'Maria', scope: 'viewer' } });
    const { page } = await dashboard.signedIn();
    await page.goto(`/campaigns/${id}`);
    await indicator(page, 'Live').waitFor();
    const other = await dashboard.signedIn({}, key ?? '');
    await other.page.goto(`/campaigns/${id}`);
    await page.getByText('Also looking: Maria').waitFor();
    await other.close();
    await page.getByText('Also looking').waitFor({ state: 'detached', timeout: 30_000 });
  });
});

/** The process of the API below `outrider up`. */
async function apiProcess(): Promise<number> {
  for (const pid of await descendantsOf(dashboard.program.pid)) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (/packages\/api\/dist\/process\.js/.test(command)) return pid;
  }
  throw new Error('there is no process of the API');
}
