import { hash as digest } from 'node:crypto';
import { saysNotFound } from './not-found-phrases.js';
import { numberFreeWords } from './number-free-words.js';
import { simhashOf, type WordSpan } from './simhash.js';
import { TEXT_REGION, type TextRegion } from './text-region.js';

/** A stretch of the page's UTF-8 text within one region. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
  /** Its words in the list of word hashes. */
  readonly words: WordSpan;
  readonly region: TextRegion;
}

/** Words by region. */
export type RegionWords = [apart: number, plain: number, article: number, main: number, form: number];

/** The visible text of a page, as far as it was kept. */
export interface KeptText {
  /** UTF-8 with single spaces; overwritten. */
  readonly bytes: Buffer;
  /** SHA-256 of all of it, when nothing was left out. */
  readonly wholeHash: string | null;
  readonly hashes: Int32Array;
  readonly spans: readonly TextSpan[];
  /** Words counted per region. */
  readonly words: Readonly<RegionWords>;
}

/** The text that the page is about. */
export interface MainText {
  /** Where it was found: `main`, the `article`s, or the whole page without navigation and the like. */
  readonly source: 'main' | 'article' | 'page';
  readonly wordCount: number;
  /** SHA-256, hex, of the main text as UTF-8, white space collapsed; null when it has no word. */
  readonly hash: string | null;
  /**
   * 64-bit SimHash as a signed decimal number; null when the main text has no word. In a short text words with a
   * digit do not count, unless most have one.
   */
  readonly simhash: string | null;
  /** A short main text says that something was not found: a sign of a soft 404. */
  readonly saysNotFound: boolean;
}

/** A main text of more words than this is no error message. */
const MAX_ERROR_WORDS = 150;

/**
 * Settles which text is the main text, and describes it. Text in navigation, page header and footer, `aside` and
 * `noscript` never belongs to it, nor that of a form, unless forms hold more than the rest (some systems wrap the whole page in
 * one). Of the rest, in this order: what stands in `main`; what stands in `article`s, when they hold at least
 * half of the words (teasers beside a text do not); all of it.
 */
export function readMainText({ bytes, wholeHash, hashes, spans, words }: KeptText): MainText {
  const source = chooseSource(words);
  const regions = regionsOf(source, words);
  const wordCount = regions.reduce<number>((sum, region) => sum + words[region], 0);
  if (wordCount === 0) return { source, wordCount, hash: null, simhash: null, saysNotFound: false };
  const chosen = spans.filter(({ region }) => regions.includes(region));
  const text = bytes.subarray(0, gather(bytes, chosen));
  const few = numberFreeWords(text, wordCount);
  return {
    source,
    wordCount,
    hash: (chosen.length === spans.length ? wholeHash : null) ?? digest('sha256', text),
    simhash:
      few === null
        ? simhashOf(
            hashes,
            chosen.map(({ words: span }) => span),
          )
        : simhashOf(few.words, [few.span]),
    saysNotFound: wordCount <= MAX_ERROR_WORDS && saysNotFound(text.toString('utf8')),
  };
}

function chooseSource([, plain, article, main]: Readonly<RegionWords>): MainText['source'] {
  if (main > 0) return 'main';
  return article > 0 && article >= plain ? 'article' : 'page';
}

function regionsOf(
  source: MainText['source'],
  [, plain, article, , form]: Readonly<RegionWords>,
): readonly TextRegion[] {
  switch (source) {
    case 'main':
      return [TEXT_REGION.main];
    case 'article':
      return [TEXT_REGION.article];
    case 'page': {
      const rest = [TEXT_REGION.plain, TEXT_REGION.article];
      return form > plain + article ? [...rest, TEXT_REGION.form] : rest;
    }
  }
}

/** Moves the spans to the front, a space between those that stood apart; returns their length. */
function gather(bytes: Buffer, spans: readonly TextSpan[]): number {
  let used = 0;
  let previousEnd = 0;
  for (const { start, end } of spans) {
    const apart = start !== previousEnd;
    let from = start;
    if (apart && bytes[from] === 0x20) from++;
    // There is room for the space: what was left out before this span is at least as long.
    if (apart && used > 0) bytes[used++] = 0x20;
    if (used !== from) bytes.copyWithin(used, from, end);
    used += end - from;
    previousEnd = end;
  }
  return used;
}
