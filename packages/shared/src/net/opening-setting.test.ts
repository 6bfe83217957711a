import { expect, it } from 'vitest';
import { createAddressPolicy } from './address-policy.js';
import { settingThatOpens } from './opening-setting.js';

it.each([
  ['http://127.0.0.1:8080/', 'OUTRIDER_ALLOW_PRIVATE_NETWORKS=1'],
  ['http://localhost/', 'OUTRIDER_ALLOW_PRIVATE_NETWORKS=1'],
  ['http://10.1.2.3/', 'OUTRIDER_ALLOW_PRIVATE_NETWORKS=1'],
  ['http://example.com:25/', 'OUTRIDER_ALLOWED_PORTS=25'],
  ['http://example.com:0/', null],
  ['http://224.0.0.1/', null],
  ['http://metadata.google.internal/', null],
  ['http://10.0.0.1:0/', null],
])('%s is opened by %s', (url, setting) => {
  const verdict = createAddressPolicy({ allowPrivateNetworks: false }).checkUrl(url);
  expect(verdict.allowed ? 'allowed' : settingThatOpens(url, verdict)).toBe(setting);
});

it('ports that are set already stay in the list', () => {
  const url = 'http://example.com:25/';
  const verdict = createAddressPolicy({ allowPrivateNetworks: false }).checkUrl(url);
  expect(verdict.allowed ? 'allowed' : settingThatOpens(url, verdict, [8080, 25])).toBe(
    'OUTRIDER_ALLOWED_PORTS=8080,25',
  );
});
