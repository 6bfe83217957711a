import { expect, it } from 'vitest';
import { PageWatch } from './page-watch.js';

it('keeps of what a page says on its console only what the database can hold', () => {
  const watch = new PageWatch('http://a.test/');
  const value = `\0\ud800${'x'.repeat(497)}\u{1f600}`;
  watch.observe({ method: 'Runtime.consoleAPICalled', params: { type: 'error', args: [{ value }] } });
  watch.observe({
    method: 'Runtime.exceptionThrown',
    params: { exceptionDetails: { exception: { description: value } } },
  });
  const kept = `\ufffd\ufffd${'x'.repeat(497)}\ufffd`;
  expect(watch.consoleErrors.counted).toEqual({ items: [kept, kept], count: 2 });
});
