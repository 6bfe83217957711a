import { afterEach, describe, expect, it } from 'vitest';
import {
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

async function open(chromiumPath?: string): Promise<TestBrowser> {
  const browser = await startTestBrowser(chromiumPath === undefined ? {} : { chromiumPath });
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

  it('C10: ten times in a row is given up, with the reason', { timeout: 40_000 }, async () => {
    const browser = await open('/bin/false');
    const lane = browser.lane();
    for (let failures = 0; browser.service.trouble() === null && failures < 20; failures += 2) {
      const rendering = await renderHtml(lane, 'http://any.test/', '<title>x</title>');
      expect(rendering).toMatchObject({ kind: 'not_rendered', code: 'browser_unavailable' });
    }
    expect(browser.service.trouble()).toMatch(/failed 10 times in a row; .*\/bin\/false/);
    expect(lane.trouble()).toBe(browser.service.trouble());
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
