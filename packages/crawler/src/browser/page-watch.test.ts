import { describe, expect, it } from 'vitest';
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

describe('a page that goes elsewhere', () => {
  const next = 'http://a.test/next';
  const scheduled = (params: object) => ({
    method: 'Page.frameScheduledNavigation',
    params: { frameId: 'main', delay: 0, reason: 'metaTagRefresh', url: next, ...params },
  });
  const requested = (params: object = {}) => ({
    method: 'Page.frameRequestedNavigation',
    params: { frameId: 'main', reason: 'scriptInitiated', url: next, ...params },
  });

  it.each([
    ['a refresh without a delay', scheduled({}), true],
    ['a refresh that leaves time to read', scheduled({ delay: 5 }), false],
    ['one of a frame within', scheduled({ frameId: 'inner' }), false],
    ['a script, which may stay on the page', scheduled({ reason: 'scriptInitiated' }), false],
    ['a document that was asked for', requested(), true],
    ['a program of the machine', requested({ url: 'mailto:a@a.test' }), false],
    ['a document of a frame within', requested({ frameId: 'inner' }), false],
  ])('%s', (_, event, isLeaving) => {
    const watch = new PageWatch('http://a.test/', 'main');
    watch.observe(event);
    expect(watch.isLeaving).toBe(isLeaving);
  });

  it('is gone once it is known where to', () => {
    const watch = new PageWatch('http://a.test/', 'main');
    watch.observe(scheduled({}));
    watch.leave(next);
    expect(watch.isLeaving).toBe(false);
    expect(watch.navigation).toEqual({ url: next, type: 'meta_refresh' });
  });
});
