import { expect, it } from 'vitest';
import { isLinkable } from './external-url.js';

it.each(['http://a.test/', 'https://a.test/x?y#z', 'HTTPS://A.TEST/'])('%s is linked', (url) => {
  expect(isLinkable(url)).toBe(true);
});

// D02
it.each([
  'javascript:alert(1)',
  ' javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  'blob:https://a.test/1',
  'file:///etc/passwd',
  '//a.test/',
  '/relative',
  '',
])('%j is shown as text', (url) => {
  expect(isLinkable(url)).toBe(false);
});
