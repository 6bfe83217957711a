import { chmodSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '@outrider/db/testing';
import { startOracle } from '@outrider/oracle';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { chromiumOfThisMachine, startTestBrowser, startTestSite } from '../testing/test-browser.js';
import { crawlToEnd, queueTestExecution, startTestWorker } from '../testing/test-crawl.js';

let db: TestDatabase;
const closing: (() => unknown)[] = [];

beforeEach(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await db.drop();
});

const rows = <T>(work: Parameters<TestDatabase['system']['withSystem']>[0]): Promise<T> =>
  db.system.withSystem(work) as Promise<T>;

describe('a worker', () => {
  it('with nothing to do proves its browser, and stops to offer one that does not start until it does', {
    timeout: 60_000,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'outrider-unproven-'));
    chmodSync(folder, 0o755);
    const path = join(folder, 'chromium');
    symlinkSync('/bin/false', path);
    const browser = await startTestBrowser({ chromiumPath: path, pausesMs: [300, 1_000] });
    const { worker, fetcher } = startTestWorker(db, { rendering: browser.service, leaseMs: 3_000 });
    closing.push(
      () => worker.stop(),
      () => fetcher.close(),
      () => browser.close(),
      () => rmSync(folder, { recursive: true }),
    );
    await worker.start();
    const offer = async () => {
      const [row] = await rows<{ capabilities: string[]; browser_trouble: string | null }[]>(
        ({ sql }) => sql`select capabilities, browser_trouble from crawler_instances`,
      );
      return row;
    };
    await expect
      .poll(offer, { timeout: 30_000 })
      .toEqual({ capabilities: ['http'], browser_trouble: expect.stringMatching(/did not start 10 times/) });
    rmSync(path);
    symlinkSync(chromiumOfThisMachine(), path);
    await expect
      .poll(offer, { timeout: 20_000 })
      .toEqual({ capabilities: ['http', 'browser'], browser_trouble: null });
  });

  it('does not keep a browser that it has only proven', { timeout: 30_000 }, async () => {
    const browser = await startTestBrowser();
    closing.push(() => browser.close());
    await browser.service.prove();
    expect(browser.service.trouble()).toBeNull();
    await expect.poll(() => browser.service.pid(), { timeout: 10_000 }).toBeNull();
  });
});

describe('a lane with a browser', () => {
  it('keeps a picture of each page it renders, and of nothing else', { timeout: 60_000 }, async () => {
    const oracle = await startOracle({
      seed: 5,
      pages: 8,
      linksPerPage: 3,
      plant: { notFound: 2, redirects: 2, binary: 1 },
    });
    const browser = await startTestBrowser();
    const { worker, fetcher } = startTestWorker(db, { rendering: browser.service });
    closing.push(
      () => fetcher.close(),
      () => browser.close(),
      () => oracle.close(),
    );
    const config = { renderer: 'browser', browser: { screenshot: true } } as const;
    const execution = await queueTestExecution(db, [oracle.seedUrl], config);
    await crawlToEnd(db, worker, execution, 40_000);
    const found = await rows<{ url: string; rendered: boolean; type: string | null; key: boolean }[]>(
      (tx) => tx.sql`
        select result.url, coalesce((rendering->>'rendered')::boolean, false) as rendered,
          encode(substring(picture.bytes from 9 for 4), 'escape') as type, rendering ? 'screenshotKey' as key
        from crawl_results result left join page_screenshots picture using (execution_id, url_key)
        where execution_id = ${execution.executionId}`,
    );
    expect(found.filter(({ rendered }) => rendered).length).toBeGreaterThanOrEqual(8);
    for (const { url, rendered, type } of found) expect([url, type]).toEqual([url, rendered ? 'WEBP' : null]);
  });

  it('E06, E07: records pages whatever their scripts write to the console', { timeout: 60_000 }, async () => {
    const logs = [String.raw`'\0'`, String.raw`'\ud83d'`, `'x'.repeat(499) + '😀'`];
    const site = await startTestSite(
      Object.fromEntries(
        logs.map((text, at) => [
          `/${at}.html`,
          `<title>${at}</title><script>console.error(${text})</script>`,
        ]),
      ),
    );
    const browser = await startTestBrowser();
    const { worker, fetcher } = startTestWorker(db, { rendering: browser.service });
    closing.push(
      () => fetcher.close(),
      () => browser.close(),
      () => site.close(),
    );
    const seeds = logs.map((_, at) => `${site.origin}/${at}.html`);
    const execution = await queueTestExecution(db, seeds, { renderer: 'browser' });
    await crawlToEnd(db, worker, execution, 40_000);
    const found = await rows<object[]>(
      (tx) => tx.sql`
        select title, rendering #>> '{consoleErrors,items,0}' as text from crawl_results
        where execution_id = ${execution.executionId} order by title`,
    );
    expect(found).toEqual([
      { title: '0', text: '\ufffd' },
      { title: '1', text: '\ufffd' },
      { title: '2', text: `${'x'.repeat(499)}\ufffd` },
    ]);
  });

  it('is handed back with all its URLs while no browser starts, and goes on when one does', {
    timeout: 90_000,
  }, async () => {
    const oracle = await startOracle({ seed: 6, pages: 40, linksPerPage: 6, delayMs: 20 });
    const folder = mkdtempSync(join(tmpdir(), 'outrider-lost-'));
    chmodSync(folder, 0o755);
    const path = join(folder, 'chromium');
    symlinkSync(chromiumOfThisMachine(), path);
    const browser = await startTestBrowser({ chromiumPath: path, pausesMs: [300, 1_000] });
    const { worker, fetcher } = startTestWorker(db, { rendering: browser.service });
    closing.push(
      () => fetcher.close(),
      () => browser.close(),
      () => oracle.close(),
      () => rmSync(folder, { recursive: true }),
    );
    const execution = await queueTestExecution(db, [oracle.seedUrl], { renderer: 'browser' });
    const { executionId } = execution;
    const first = worker.hear();
    await expect.poll(() => oracle.fetches().length, { timeout: 20_000 }).toBeGreaterThan(10);
    rmSync(path);
    symlinkSync('/bin/false', path);
    process.kill(browser.service.pid() ?? 0, 'SIGKILL');
    await first;
    expect(browser.service.trouble()).toMatch(/did not start/);

    const states = await rows<{ state: string; attempts: number; urls: number }[]>(
      (tx) => tx.sql`
        select state, max(attempt)::int as attempts, count(*)::int as urls from crawl_targets
        where execution_id = ${executionId} group by state order by state`,
    );
    expect(states.map(({ state, attempts }) => [state, attempts])).toEqual([
      ['fetched', 1],
      ['pending', 0],
    ]);
    const errors = await rows<object[]>(
      (tx) =>
        tx.sql`select error_code, severity, resolved from campaign_errors where execution_id = ${executionId}`,
    );
    expect(errors).toEqual([{ error_code: 'browser_unavailable', severity: 'critical', resolved: false }]);
    const releases = await rows<object[]>(
      (tx) =>
        tx.sql`select payload->>'reason' as reason from event_stream where event_type = 'lane.released'`,
    );
    expect(releases).toEqual([{ reason: 'browser_unavailable' }]);
    // Until then it is another worker's, if one has a browser.
    await worker.hear();
    expect(await rows(({ sql }) => sql`select status, waiting_reason from execution_lanes`)).toEqual([
      { status: 'waiting', waiting_reason: 'no_browser_worker' },
    ]);

    rmSync(path);
    symlinkSync(chromiumOfThisMachine(), path);
    await expect.poll(() => browser.service.trouble(), { timeout: 20_000 }).toBeNull();
    await crawlToEnd(db, worker, execution, 40_000);
    const results = await rows<object[]>(
      (tx) => tx.sql`
        select count(*)::int as pages, count(*) filter (where (rendering->>'rendered')::boolean)::int as rendered,
          max(attempt)::int as attempts from crawl_results where execution_id = ${executionId}`,
    );
    expect(results).toEqual([{ pages: 40, rendered: 40, attempts: 1 }]);
    expect(Math.max(...oracle.fetchesByUrl().values())).toBeLessThanOrEqual(2);
  });
});
