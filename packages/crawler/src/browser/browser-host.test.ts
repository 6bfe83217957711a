import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  chromiumOfThisMachine,
  rendered,
  renderHtml,
  startTestBrowser,
  startTestSite,
  type TestBrowser,
  type TestSite,
} from '../testing/test-browser.js';

const browsers: TestBrowser[] = [];
const sites: TestSite[] = [];
afterEach(async () => {
  for (const browser of browsers.splice(0)) await browser.close();
  for (const site of sites.splice(0)) await site.close();
});

async function open(options: Parameters<typeof startTestBrowser>[0] = {}): Promise<TestBrowser> {
  const browser = await startTestBrowser(options);
  browsers.push(browser);
  return browser;
}

describe('a browser that crashes', () => {
  it('is started again, and the page that was in it is rendered without another fetch', async () => {
    const site = await startTestSite({
      '/slow.js': (_, response) => setTimeout(() => response.end('document.title = "whole"'), 600),
    });
    sites.push(site);
    const browser = await open();
    const lane = browser.lane();
    await rendered(lane, `${site.origin}/first`, '<title>first</title>');
    const first = browser.service.pid();
    const page = rendered(lane, `${site.origin}/page`, '<title>x</title><script src=/slow.js></script>');
    await expect.poll(() => site.asked).toContain('/slow.js');
    process.kill(first ?? 0, 'SIGKILL');
    expect((await page).content.head.titles.items[0]?.text).toBe('whole');
    expect(browser.service.pid()).not.toBe(first);
    expect(site.asked).toEqual(['/slow.js', '/slow.js']);
    expect(browser.service.trouble()).toBeNull();
  });

  it('ends a page that is in it whenever it ends, and no other', { timeout: 40_000 }, async () => {
    const site = await startTestSite({
      '/kill.js': () => process.kill(browser.service.pid() ?? 0, 'SIGKILL'),
      '/slow.js': (_, response) => setTimeout(() => response.end('document.title = "whole"'), 300),
    });
    sites.push(site);
    const browser = await open();
    const lane = browser.lane();
    await rendered(lane, `${site.origin}/first`, '<title>first</title>');
    const poison = renderHtml(lane, `${site.origin}/poison`, '<script src=/kill.js></script>');
    const others = ['/a', '/b', '/c', '/d'].map((path) =>
      rendered(lane, `${site.origin}${path}`, '<title>x</title><script src=/slow.js></script>'),
    );
    expect(await poison).toMatchObject({ kind: 'not_rendered', code: 'browser_killed' });
    for (const page of await Promise.all(others))
      expect(page.content.head.titles.items[0]?.text).toBe('whole');
    // Once in company, and once alone.
    expect(site.asked.filter((path) => path === '/kill.js')).toHaveLength(2);
    expect(await renderHtml(lane, `${site.origin}/poison`, '<script src=/kill.js></script>')).toMatchObject({
      code: 'browser_killed',
    });
    expect(site.asked.filter((path) => path === '/kill.js')).toHaveLength(3);
    expect(browser.service.trouble()).toBeNull();
  });

  it('C10: that does not start is left alone, with the reason', { timeout: 40_000 }, async () => {
    const browser = await open({ chromiumPath: '/bin/false', pausesMs: [60_000, 60_000] });
    const lane = browser.lane();
    const rendering = await renderHtml(lane, 'http://any.test/', '<title>x</title>');
    expect(rendering).toMatchObject({ kind: 'not_rendered', code: 'browser_unavailable' });
    expect(browser.service.trouble()).toMatch(/did not start 10 times in a row; .*\/bin\/false/);
    expect(lane.trouble()).toBe(browser.service.trouble());
    const begun = performance.now();
    expect(await renderHtml(lane, 'http://any.test/', '<title>x</title>')).toMatchObject({
      code: 'browser_unavailable',
    });
    expect(performance.now() - begun).toBeLessThan(200);
  });

  it('is tried again after a pause, unasked', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'outrider-late-'));
    const path = join(folder, 'chromium');
    chmodSync(folder, 0o755);
    symlinkSync('/bin/false', path);
    const browser = await open({ chromiumPath: path, pausesMs: [300, 1_000] });
    expect(await renderHtml(browser.lane(), 'http://any.test/', '<title>x</title>')).toMatchObject({
      code: 'browser_unavailable',
    });
    rmSync(path);
    symlinkSync(chromiumOfThisMachine(), path);
    await expect.poll(() => browser.service.trouble(), { timeout: 20_000 }).toBeNull();
    expect((await rendered(browser.lane(), 'http://any.test/', '<title>x</title>')).settledBy).toBe('idle');
    rmSync(folder, { recursive: true });
  });

  it('that starts and can render nothing is one that does not start', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'outrider-broken-'));
    const path = join(folder, 'chromium');
    // Its renderers end at once, as where a sandbox is forbidden.
    const broken = `#!/bin/sh\nexec ${chromiumOfThisMachine()} --renderer-cmd-prefix=/bin/false "$@"\n`;
    writeFileSync(path, broken, { mode: 0o755 });
    chmodSync(folder, 0o755);
    const browser = await open({ chromiumPath: path, pausesMs: [60_000, 60_000] });
    expect(await renderHtml(browser.lane(), 'http://any.test/', '<title>x</title>')).toMatchObject({
      code: 'browser_unavailable',
      message: expect.stringMatching(/started and rendered nothing/),
    });
    rmSync(folder, { recursive: true });
  });
});

describe('a browser that hangs', () => {
  const freeze = (browser: TestBrowser): void => void process.kill(browser.service.pid() ?? 0, 'SIGSTOP');

  it('is ended, and another renders what waits', { timeout: 40_000 }, async () => {
    const browser = await open({ answerMs: 3_000 });
    const lane = browser.lane({ browser: { timeoutMs: 2_000 } });
    await rendered(lane, 'http://any.test/', '<title>first</title>');
    const first = browser.service.pid();
    freeze(browser);
    // The tab that is open takes the document, and says nothing more.
    expect(await renderHtml(lane, 'http://any.test/2', '<title>second</title>')).toMatchObject({
      code: 'render_timeout',
    });
    await rendered(lane, 'http://any.test/3', '<title>third</title>');
    expect(browser.service.pid()).not.toBe(first);
    await expect.poll(() => isGroupAlive(first ?? 0), { timeout: 5_000 }).toBe(false);
    // Neither does a lane hang that would open its first page.
    freeze(browser);
    await rendered(browser.lane(), 'http://any.test/4', '<title>fourth</title>');
    expect(browser.service.trouble()).toBeNull();
  });

  it('keeps no lane from ending', { timeout: 40_000 }, async () => {
    // Longer than the test takes: nobody waits for it.
    const browser = await open({ answerMs: 120_000 });
    const lane = browser.lane();
    await rendered(lane, 'http://any.test/', '<title>first</title>');
    freeze(browser);
    const waiting = ['/a', '/b', '/c'].map((path) =>
      renderHtml(lane, `http://any.test${path}`, '<title>x</title>'),
    );
    // Two of them wait for a tab by now.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await lane.close();
    for (const one of await Promise.all(waiting)) expect(one).toMatchObject({ code: 'browser_gone' });
  });

  it('when it is to rest is ended, and another renders', { timeout: 40_000 }, async () => {
    const browser = await open();
    await browser.service.prove();
    const first = browser.service.pid();
    freeze(browser);
    await rendered(browser.lane(), 'http://any.test/', '<title>x</title>');
    expect(browser.service.pid()).not.toBe(first);
  });
});

describe('a browser that is made to say more than it may', () => {
  it('is ended, and the page with it that is the reason, and no other', { timeout: 60_000 }, async () => {
    const browser = await open();
    const lane = browser.lane({ fetch: { maxBodyBytes: 2_000 } });
    const loud = "<title>loud</title><script>console.log('\\u0001'.repeat(5e6))</script>";
    const [poison, other] = await Promise.all([
      renderHtml(lane, 'http://loud.test/', loud),
      renderHtml(
        lane,
        'http://quiet.test/',
        '<title>quiet</title><script>setTimeout(() => {}, 500)</script>',
      ),
    ]);
    expect(poison).toMatchObject({ kind: 'not_rendered', code: 'browser_killed' });
    expect(other).toMatchObject({ kind: 'rendered' });
    await rendered(lane, 'http://next.test/', '<title>next</title>');
  });

  it('says whole a document as long as bodies may be', { timeout: 60_000 }, async () => {
    const length = 4_000_000;
    const lane = (await open()).lane({ fetch: { maxBodyBytes: length } });
    const page = await rendered(
      lane,
      'http://long.test/',
      `<title>long</title><body><script>document.body.dataset.text = '\u4e2d'.repeat(${length - 1_000})</script>`,
    );
    expect(page.cut).toBe(false);
    expect(page.content.document.length).toBeGreaterThan(length - 1_000);
  });
});

describe('a browser that is closed', () => {
  it('leaves no process behind', async () => {
    const browser = await open();
    await rendered(browser.lane(), 'http://any.test/', '<title>x</title>');
    const pid = browser.service.pid() ?? 0;
    expect(() => process.kill(-pid, 0)).not.toThrow();
    await browser.close();
    browsers.splice(0);
    await expect.poll(() => isGroupAlive(pid), { timeout: 5_000 }).toBe(false);
  });
});

function isGroupAlive(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}
