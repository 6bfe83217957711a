import { createUrlIdentity } from '@outrider/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rendered, startTestBrowser, type TestBrowser } from '../testing/test-browser.js';
import { renderedRedirect } from './render-findings.js';

let browser: TestBrowser;
beforeAll(async () => {
  browser = await startTestBrowser();
});
afterAll(() => browser.close());

const IDENTIFY = createUrlIdentity({ stripParams: [';jsessionid'], sortParams: false });
const URL_ = 'http://127.0.0.1:1/page';

describe('a rendered page', () => {
  it.each([
    ['a meta refresh without a target', '<meta http-equiv=refresh content=0><title>x</title>'],
    ['a script', '<title>x</title><script>location.reload()</script>'],
    [
      'a script that adds a fragment',
      '<title>x</title><script>location.replace("/page#a"); location.reload()</script>',
    ],
    [
      'a script that adds a session',
      '<title>x</title><script>location.href = "/page;jsessionid=1#a"</script>',
    ],
  ])('that is loaded again by %s is no redirect', async (_, html) => {
    const page = await rendered(browser.lane(), URL_, html);
    expect(page.content.head.titles.items[0]?.text).toBe('x');
    expect(renderedRedirect(URL_, page, IDENTIFY)).toBeNull();
  });

  it('that leads elsewhere is one', async () => {
    const page = await rendered(browser.lane(), URL_, '<script>location.href = "/other"</script>');
    expect(renderedRedirect(URL_, page, IDENTIFY)).toMatchObject({
      type: 'javascript',
      url: 'http://127.0.0.1:1/other',
    });
  });
});
