import { campaignConfig } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { planSeeds } from './plan-seeds.js';

const config = (scope: object) => campaignConfig.parse({ scope });

describe('the seeds of an execution', () => {
  it('that become the same URL once parameters are stripped are one', () => {
    const { seeds } = planSeeds(config({ stripParams: ['utm_*'] }), [
      'https://a.test/?utm_source=x',
      'https://a.test/',
      'https://a.test/?id=1&utm_medium=y',
    ]);
    expect(seeds.map(({ url }) => url)).toEqual(['https://a.test/', 'https://a.test/?id=1']);
  });

  it('keep their order and name each host once', () => {
    const { seeds, scopeHosts } = planSeeds(config({}), [
      'https://b.test/',
      'https://a.test:8443/',
      'https://b.test/2',
    ]);
    expect(seeds.map(({ host }) => host)).toEqual(['b.test', 'a.test:8443', 'b.test']);
    expect(scopeHosts).toEqual(['b.test', 'a.test:8443']);
  });

  it.each([
    [{ deny: ['/private'] }, 'https://a.test/private/x', 'deny: /private'],
    [{ allow: ['/docs'] }, 'https://a.test/blog', 'allow: no pattern matches'],
  ])('that the pattern %j excludes are skipped, with the rule', (scope, url, rule) => {
    const { seeds } = planSeeds(config(scope), [url]);
    expect(seeds[0]?.skip).toEqual({ reason: 'excluded_pattern', rule });
  });

  it.each(['host', 'domain', 'prefix', 'any'])('always lie within %s', (within) => {
    const { seeds } = planSeeds(config({ within, maxDepth: 0 }), [
      'https://a.test/x/y',
      'https://other.test/',
    ]);
    expect(seeds.map(({ skip }) => skip)).toEqual([null, null]);
  });
});
