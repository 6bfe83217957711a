import { describe, expect, it } from 'vitest';
import { soft404Score } from './soft-404.js';

const page = { status: 200, title: 'Shoes', h1: 'Shoes', wordCount: 300, textSaysNotFound: false };

describe('the soft 404 score', () => {
  it.each([
    [{}, 0],
    [{ status: 404, title: '404 Not Found', wordCount: 3 }, 0],
    [{ title: 'Page not found - Shop', h1: 'Page not found', wordCount: 20 }, 1],
    [{ title: 'Shop', h1: 'Oops', wordCount: 20, textSaysNotFound: true }, 0.4],
    [{ title: 'Shop', h1: 'Seite nicht gefunden', wordCount: 20, textSaysNotFound: true }, 0.75],
    [{ title: '404', h1: null }, 0.5],
    [{ title: 'Error 404 | Shop', h1: null }, 0.5],
    [{ title: 'Peugeot 404 Coupé 1966', h1: 'Peugeot 404' }, 0],
    [{ title: 'How to fix “404 Not Found”', h1: 'How to fix it', wordCount: 2_000 }, 0.5],
    [{ wordCount: 50 }, 0],
    [{ title: null, h1: null, wordCount: 0 }, 0.25],
    [{ title: 'ページが見つかりません', h1: null, wordCount: 4 }, 0.75],
  ])('of %o is %d', (signs, score) => {
    expect(soft404Score({ ...page, ...signs })).toBe(score);
  });
});
