import { expect, it } from 'vitest';
import { campaignConfig } from './campaign-config.js';
import { compareConfigs } from './compare-configs.js';

const plain = campaignConfig.parse({});

it('finds nothing between a configuration and itself', () => {
  expect(compareConfigs(plain, campaignConfig.parse({}))).toEqual([]);
});

it('names each changed value by its path, with both sides, and takes a list as a whole', () => {
  const other = campaignConfig.parse({
    lanes: 2,
    scope: { maxPages: 5, deny: ['/a', '/b'] },
    fetch: { headers: { 'x-a': '1' } },
    limits: { errorRate: { share: 0.5 } },
  });
  expect(compareConfigs(plain, other)).toEqual([
    { path: 'scope.deny', before: [], after: ['/a', '/b'] },
    { path: 'scope.maxPages', before: 100_000, after: 5 },
    { path: 'limits.errorRate', before: null, after: { share: 0.5, minPages: 100, action: 'pause' } },
    { path: 'fetch.headers.x-a', before: null, after: '1' },
    { path: 'lanes', before: 1, after: 2 },
  ]);
  expect(compareConfigs(other, plain)).toHaveLength(5);
});
