import { expect, it } from 'vitest';
import { PageWatch } from './page-watch.js';

it('keeps of what a page says on its console only what the database can hold', () => {
  const watch = new PageWatch('http://a.test/', 'main');
  const value = `\0\ud800${'x'.repeat(497)}\u{1f600}`;
  watch.observe({ method: 'Runtime.consoleAPICalled', params: { type: 'error', args: [{ value }] } });
  watch.observe({
    method: 'Runtime.exceptionThrown',
    params: { exceptionDetails: { exception: { description: value } } },
  });
  const kept = `\ufffd\ufffd${'x'.repeat(497)}\ufffd`;
  expect(watch.consoleErrors.counted).toEqual({ items: [kept, kept], count: 2 });
});

it('cuts the URL of a failed request to its limit, and not in the middle of a character', () => {
  const watch = new PageWatch('http://a.test/', 'main');
  const url = `${'http://a.test/'.padEnd(2_082, 'x')}\u{1f600}`;
  const request = { requestId: '1', type: 'Script', request: { url } };
  watch.observe({ method: 'Network.requestWillBeSent', params: request });
  watch.observe({ method: 'Network.loadingFailed', params: { requestId: '1', errorText: 'net::ERR' } });
  expect(watch.failedRequests.counted.items[0]?.url).toBe(url.slice(0, 2_082));
});

it('knows that the page is leaving from the moment the browser says so until it is known where to', () => {
  const scheduled = (frameId: string, delay: number) => ({
    method: 'Page.frameScheduledNavigation',
    params: { frameId, delay, reason: 'metaTagRefresh', url: 'http://a.test/next' },
  });
  const watch = new PageWatch('http://a.test/', 'main');
  watch.observe(scheduled('main', 5));
  watch.observe(scheduled('inner', 0));
  expect(watch.isLeaving).toBe(false);
  watch.observe(scheduled('main', 0));
  expect(watch.isLeaving).toBe(true);
  watch.leave('http://a.test/next');
  expect(watch.isLeaving).toBe(false);
  expect(watch.navigation).toEqual({ url: 'http://a.test/next', type: 'meta_refresh' });
});
