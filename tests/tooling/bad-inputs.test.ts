import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const FOLDER = new URL('../../fixtures/bad-inputs/', import.meta.url);
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
const CASES = FILES.flatMap(
  (name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as { readonly id: string }[],
);
const KINDS = new Set(CASES.map(({ id }) => id.slice(0, 3)));

/** Kinds of bad input that concern the crawl engine and schedules, by letter, and how many there are. */
const WANTED: Readonly<Record<string, number>> = {
  ...{ U: 24, R: 12, H: 14, S: 12, E: 10, M: 13, B: 13, X: 10, T: 9, C: 10, G: 5 },
};
/** Fields that a campaign extracts by selectors of its own, which no campaign can yet. */
const LATER = ['M11'];

describe(`bad inputs: ${CASES.length} cases of ${KINDS.size} kinds in ${FILES.length} files`, () => {
  it('of every kind that concerns the crawl engine and schedules are there', () => {
    const wanted = Object.entries(WANTED).flatMap(([letter, count]) =>
      Array.from({ length: count }, (_, n) => `${letter}${String(n + 1).padStart(2, '0')}`),
    );
    expect(wanted.filter((kind) => !KINDS.has(kind))).toEqual(LATER);
  });

  it('have an id of their own within their file', () => {
    for (const name of FILES) {
      const ids = (JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as { id: string }[]).map(
        ({ id }) => id,
      );
      expect(
        ids.filter((id, index) => ids.indexOf(id) !== index),
        name,
      ).toEqual([]);
    }
  });
});
