import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { scopeConfig } from '../campaign/campaign-config.js';
import { normalizeUrl } from './normalize-url.js';
import { createUrlIdentity } from './url-identity.js';
import { urlKey } from './url-key.js';
import { createUrlScope, hostOf } from './url-scope.js';

const generated = z.strictObject({ prefix: z.string(), repeat: z.string(), times: z.int() });
const cases = z
  .array(
    z.strictObject({
      id: z.string(),
      /** A string, or how to make a long one. */
      input: z.union([z.string(), generated]),
      layer: z.enum(['seed', 'link', 'identity', 'scope']),
      base: z.string().optional(),
      scope: z.unknown().optional(),
      seeds: z.array(z.string()).optional(),
      expected: z.union([
        z.strictObject({ problem: z.string() }),
        z.strictObject({ url: z.string() }),
        z.strictObject({ length: z.int() }),
        z.strictObject({ sameKeyAs: z.string() }),
        z.strictObject({ differsFrom: z.string() }),
        z.strictObject({ reason: z.string(), rule: z.string() }),
      ]),
    }),
  )
  .parse(
    JSON.parse(readFileSync(new URL('../../../../fixtures/bad-inputs/urls.json', import.meta.url), 'utf8')),
  );
type BadUrl = (typeof cases)[number];

const inputOf = ({ input }: BadUrl): string =>
  typeof input === 'string' ? input : input.prefix + input.repeat.repeat(input.times);

/** What the layer makes of the input: a URL, the problem, or the verdict of the scope. */
function outcomeOf(bad: BadUrl): string | { reason: string; rule: string } {
  const credentials = bad.layer === 'link' ? 'strip' : 'refuse';
  const normalized = normalizeUrl(inputOf(bad), bad.base, { credentials });
  if (!normalized.ok) return normalized.problem;
  switch (bad.layer) {
    case 'seed':
    case 'link':
      return normalized.url;
    case 'identity':
      return createUrlIdentity(scopeConfig.parse(bad.scope ?? {}))(normalized.url);
    case 'scope': {
      const seeds = bad.seeds ?? [];
      const verdict = createUrlScope(scopeConfig.parse(bad.scope), seeds.map(hostOf), seeds).decide(
        normalized.url,
        0,
      );
      return verdict.crawl ? 'crawl' : { reason: verdict.reason, rule: verdict.rule };
    }
  }
}

describe('bad URLs', () => {
  it.each(cases.map((bad) => [bad.id, bad.layer, bad] as const))('%s as a %s', (_, __, bad) => {
    const outcome = outcomeOf(bad);
    const { expected } = bad;
    if ('problem' in expected) expect(outcome).toBe(expected.problem);
    else if ('url' in expected) expect(outcome).toBe(expected.url);
    else if ('length' in expected) expect(outcome).toHaveLength(expected.length);
    else if ('sameKeyAs' in expected) expect(urlKey(String(outcome))).toBe(urlKey(expected.sameKeyAs));
    else if ('differsFrom' in expected) {
      expect(outcome).toMatch(/^https?:/);
      expect(urlKey(String(outcome))).not.toBe(urlKey(expected.differsFrom));
    } else expect(outcome).toEqual(expected);
  });

  it('have ids that name one case each', () => {
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
  });
});
