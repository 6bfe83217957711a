import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isAllowed } from './is-allowed.js';
import { parseRobots } from './robots-rules.js';

/**
 * A robots.txt file, a path and what follows. `{ab x3}` in a text stands for `ababab`, `{a@, x3}` for
 * `aa,ab,ac,`. Where RFC 9309 leaves a choice the expectations follow Google's published matcher.
 */
interface BadRobots {
  readonly id: string;
  readonly input: { readonly file: string; readonly path: string; readonly token?: string };
  readonly expected: {
    readonly allowed: boolean;
    /** The line that decides; absent when none does. */
    readonly line?: number;
    /** Seconds. */
    readonly crawlDelay?: number | null;
    readonly withinMs?: number;
  };
}

const FILE = new URL('../../../../fixtures/bad-inputs/robots.json', import.meta.url);
const CASES = JSON.parse(readFileSync(FILE, 'utf8')) as readonly BadRobots[];

const unfold = (text: string): string =>
  text.replace(/\{([^{}]+) x(\d+)\}/g, (_, piece: string, times: string) => {
    if (!piece.includes('@')) return piece.repeat(Number(times));
    return Array.from({ length: Number(times) }, (_, i) => piece.replaceAll('@', letters(i))).join('');
  });

/** A number in letters, of which alone the names of crawlers are made: 0 is `a`, 25 `z`, 26 `ba`. */
function letters(number: number): string {
  const last = String.fromCharCode(97 + (number % 26));
  return number < 26 ? last : letters(Math.floor(number / 26)) + last;
}

/** Best of several runs, so that a busy machine does not decide the test. */
function bestMs(run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 15; i++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

describe('bad robots.txt files', () => {
  it.each(CASES)('$id', ({ input, expected }) => {
    const file = unfold(input.file);
    const url = `https://site.example${unfold(input.path)}`;
    const token = input.token ?? 'OutriderBot';
    const { allowed, rule } = isAllowed(file, token, url);
    expect({ allowed, line: rule?.line }).toEqual({ allowed: expected.allowed, line: expected.line });
    const robots = parseRobots(file);
    if (expected.crawlDelay !== undefined) expect(robots.crawlDelaySeconds(token)).toBe(expected.crawlDelay);
    if (expected.withinMs !== undefined) {
      expect(bestMs(() => robots.decide(token, url))).toBeLessThan(expected.withinMs);
    }
  });

  it('of every kind are there', () => {
    const kinds = new Set(CASES.map(({ id }) => id.slice(0, 3)));
    expect(kinds).toEqual(new Set(['B05', 'B06', 'B07', 'B08', 'B09', 'B12']));
  });
});
