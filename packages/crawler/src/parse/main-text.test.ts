import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parsePage } from '../testing/test-target.js';
import type { MainText } from './main-text.js';

function mainOf(html: string): MainText {
  return parsePage('http://a.test/', html).text.main;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Bits in which two pages' SimHashes differ. */
function distance(one: string, other: string): number {
  const bits = [mainOf(one), mainOf(other)].map(({ simhash }) => BigInt.asUintN(64, BigInt(simhash ?? 0)));
  return [...((bits[0] ?? 0n) ^ (bits[1] ?? 0n)).toString(2)].filter((bit) => bit === '1').length;
}

describe('the main text', () => {
  it.each([
    ['<p>All of it</p>', 'All of it', 'page'],
    ['<nav>Home</nav><p>The text</p><footer>Imprint</footer>', 'The text', 'page'],
    ['<header>Top</header>One<aside>Beside</aside>two<form>Search</form>three', 'One two three', 'page'],
    ['<div role=navigation>Home</div>Text<noscript>No scripts</noscript>', 'Text', 'page'],
    [
      '<p>Before</p><main>The <b>text</b><nav>Toc</nav>goes on</main><p>After</p>',
      'The text goes on',
      'main',
    ],
    ['<div role=main>Text</div>Rest', 'Text', 'main'],
    ['<main></main><p>Text</p>', 'Text', 'page'],
    ['<main><article>One</article>two</main>', 'One two', 'main'],
    [
      '<p>Lead</p><article>One <header>two</header></article><article>three</article>',
      'One two three',
      'article',
    ],
    ['<p>A long text of the page</p><article>teaser</article>', 'A long text of the page teaser', 'page'],
    ['<nav><article>Menu</article></nav>Text', 'Text', 'page'],
    ['<form><nav>Home</nav><p>A page in one form</p></form>Hm', 'A page in one form Hm', 'page'],
    ['<form><main>Text</main>Search</form>', 'Text', 'main'],
    ['<main>The text<form>Search</form></main>', 'The text', 'main'],
    ['<article>Text<aside>Beside</aside></article>', 'Text', 'article'],
  ])('of %s is %j', (html, text, source) => {
    expect(mainOf(html)).toMatchObject({
      source,
      wordCount: text.split(' ').length,
      hash: sha256(text),
    });
  });

  it('without a word has no hash', () => {
    expect(mainOf('<nav>Home</nav> - ')).toEqual({
      source: 'page',
      wordCount: 0,
      hash: null,
      simhash: null,
      saysNotFound: false,
    });
  });

  it('does not change with the navigation around it', () => {
    const one = mainOf('<nav>Home</nav><main>The same text</main>');
    expect(mainOf('<header>Other</header><main>The  same\ntext</main><footer>x</footer>')).toEqual(one);
  });

  it('is the same however large the page, up to a megabyte of text', () => {
    const words = (count: number) => Array.from({ length: count }, (_, i) => `word${i}`).join(' ');
    for (const count of [5_000, 20_000, 100_000]) {
      expect(mainOf(`<nav>Home</nav><main>${words(count)}</main>`).hash).toBe(sha256(words(count)));
    }
    const beyond = mainOf(`<main>${words(300_000)}</main>`);
    expect(beyond.wordCount).toBe(300_000);
    expect(beyond.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('of an error page says so', () => {
    expect(mainOf('<h1>Oops</h1><p>The page you want could not be found.').saysNotFound).toBe(true);
    expect(mainOf(`<p>${'word '.repeat(200)} could not be found`).saysNotFound).toBe(false);
  });
});

describe('sentences', () => {
  it.each([
    ['One. Two! Three? Four… “Five.” (Six.) Seven', 6],
    ['Wait, e.g. this one, i.e. a single sentence.', 1],
    ['<p>One.</p><p>Two.</p><h2>No sentence</h2>', 2],
    ['Version 1.2.3 of example.com', 0],
    ['日本語です。もう一つ。 終わり！', 2],
    ['', 0],
  ])('in %s: %i', (html, count) => {
    expect(parsePage('http://a.test/', html).text.sentenceCount).toBe(count);
  });
});

describe('the SimHash', () => {
  const sentence = (seed: number) =>
    Array.from({ length: 400 }, (_, i) => `w${(i * 7919 + seed * 104_729) % 997}`).join(' ');
  const text = sentence(1);

  it('of near-duplicates differs in few bits, of others in many', () => {
    expect(distance(text, text)).toBe(0);
    expect(distance(text, text.replace('w1 ', 'other '))).toBeLessThanOrEqual(6);
    expect(distance(text, `${text} and three more words`)).toBeLessThanOrEqual(6);
    expect(distance(text, sentence(2))).toBeGreaterThan(16);
  });

  it('tells the order of words', () => {
    expect(distance('one two three four five six', 'six five four three two one')).toBeGreaterThan(8);
  });

  it.each([
    ['It is 14:31:55 on 21 November here.', 'It is 09:02:07 on 3 November here.'],
    ['Visitor no. 17,004 of this page', 'Visitor no. 17,005 of this page'],
    ['今は14時31分です。', '今は9時2分です。'],
    ['Session 3f9a2c: <b>please</b> log in', 'Session 77be01: <b>please</b> log in'],
  ])('of few words does not see the numbers among them: %s', (one, other) => {
    expect(distance(one, other)).toBe(0);
  });

  it.each([
    ['The word cat means an animal to most.', 'The word oak means some plant to most.'],
    ['Room 101', 'Cellar 101'],
    ['12 34 56 and 78', '21 43 65 and 87'],
    ['1.5 mm', '2.5 mm 3.5 mm 4 6 8'],
  ])('of few words sees the others, and numbers where they are most of it: %s', (one, other) => {
    expect(distance(one, other)).toBeGreaterThan(3);
  });

  it('takes texts of one and two words, and of ideographs', () => {
    const hashes = ['one', 'two', 'one two', 'two one', '漢字', '字漢'].map((html) => mainOf(html).simhash);
    expect(new Set(hashes).size).toBe(6);
  });
});
