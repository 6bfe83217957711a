import type { SiteFolder } from '@outrider/shared/contract';
import { describe, expect, it } from 'vitest';
import { layOutStructure, urlPartOf } from './structure-layout.js';

const folder = (host: string, folders: string[], pages: number): SiteFolder => ({
  ...{ host, folders, pages },
  ...{ '2xx': pages, '3xx': 0, '4xx': 0, '5xx': 0 },
});

describe('the picture of a site', () => {
  it('places each folder within the one that it lies in, side by side, as wide as its share of the pages', () => {
    const placed = layOutStructure([
      folder('a.test', [], 75),
      folder('b.test', [], 25),
      folder('a.test', ['docs'], 50),
      folder('a.test', ['blog'], 20),
      folder('b.test', ['docs'], 25),
      folder('a.test', ['blog', '2026'], 10),
    ]);
    expect(
      placed.map(({ folder: { host, folders }, level, left, width }) => [host, folders, level, left, width]),
    ).toEqual([
      ['a.test', [], 0, 0, 0.75],
      ['b.test', [], 0, 0.75, 0.25],
      ['a.test', ['docs'], 1, 0, 0.5],
      ['a.test', ['blog'], 1, 0.5, 0.2],
      ['b.test', ['docs'], 1, 0.75, 0.25],
      ['a.test', ['blog', '2026'], 2, 0.5, 0.1],
    ]);
  });

  it('leaves out what is too narrow to be seen, and shows nothing of no pages', () => {
    const names = layOutStructure([
      folder('a.test', [], 1_000),
      folder('a.test', ['big'], 998),
      folder('a.test', ['small'], 2),
    ]).map((place) => place.folder.folders.join('/'));
    expect(names).toEqual(['', 'big']);
    expect(layOutStructure([])).toEqual([]);
  });

  it('names a folder by what its URLs contain', () => {
    expect(urlPartOf({ host: 'a.test', folders: [] })).toBe('//a.test/');
    expect(urlPartOf({ host: 'a.test', folders: ['b', 'c d'] })).toBe('//a.test/b/c d/');
  });
});
