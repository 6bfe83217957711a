import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { urlKey } from './url-key.js';

it('the key of a URL is the first 128 bits of its SHA-256, written as a UUID', () => {
  // From `printf https://example.com/ | sha256sum`.
  expect(urlKey('https://example.com/')).toBe('0f115db0-62b7-c0dd-030b-16878c99dea5');
  const hex = createHash('sha256').update('https://example.com/é').digest('hex').slice(0, 32);
  expect(urlKey('https://example.com/é').replaceAll('-', '')).toBe(hex);
});
