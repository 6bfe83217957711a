import { campaignConfig, campaignPatch } from '@outrider/shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { patchConfig } from './update-campaign.js';

const config = campaignConfig.parse({
  scope: { deny: ['/private'], maxPages: 5, stripParams: ['utm_*'] },
  fetch: { headers: { 'x-a': '1' }, retries: 0 },
  lanes: 3,
});

describe('a patch of a configuration', () => {
  it('changes the fields it names and no other', () => {
    const patch = campaignPatch.parse({ scope: { maxPages: 7 }, fetch: { headers: {} }, priority: 'urgent' });
    expect(patchConfig(config, patch)).toEqual({
      ...config,
      scope: { ...config.scope, maxPages: 7 },
      fetch: { ...config.fetch, headers: {} },
      priority: 'urgent',
    });
  });

  it('replaces a list as a whole', () => {
    const patch = campaignPatch.parse({ scope: { deny: [] } });
    expect(patchConfig(config, patch).scope.deny).toEqual([]);
  });

  it('made from the whole configuration makes that configuration', () => {
    const fields = fc.record({
      lanes: fc.integer({ min: 1, max: 16 }),
      retries: fc.integer({ min: 0, max: 10 }),
    });
    fc.assert(
      fc.property(fields, ({ lanes, retries }) => {
        const wanted = campaignConfig.parse({ lanes, fetch: { retries } });
        expect(patchConfig(config, campaignPatch.parse(wanted))).toEqual(wanted);
      }),
    );
  });
});
