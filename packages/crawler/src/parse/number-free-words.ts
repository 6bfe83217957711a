import type { WordSpan } from './simhash.js';

/** Texts of more words, or bytes, are taken as they are: there a clock moves few of the bits. */
const MAX_WORDS = 400;
const MAX_BYTES = 16_384;
const FNV_BASIS = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

const words = new Int32Array(MAX_BYTES);

/**
 * 32-bit hashes (FNV-1a over UTF-8) of the words of a short text that hold no ASCII digit. Of a text of few words a
 * clock, a counter or a price is so large a part that its SimHash would say nothing about the rest. A word is a run
 * without a space, or an ideograph by itself. Null for a longer text, and for one whose words hold digits for the
 * greater part: a list of numbers is about them. What is returned is overwritten by the next call.
 */
export function numberFreeWords(
  text: Uint8Array,
  wordCount: number,
): { readonly words: Int32Array; readonly span: WordSpan } | null {
  if (wordCount > MAX_WORDS || text.length > MAX_BYTES) return null;
  let count = 0;
  let numbers = 0;
  let run = FNV_BASIS;
  let hasDigit = false;
  const endRun = (): void => {
    if (hasDigit) numbers++;
    else if (run !== FNV_BASIS) words[count++] = run;
    run = FNV_BASIS;
    hasDigit = false;
  };
  for (let i = 0; i < text.length; i++) {
    const byte = text[i] ?? 0;
    if (byte === 0x20) {
      endRun();
      continue;
    }
    const ideographBytes = ideographLength(text, i);
    if (ideographBytes > 0) {
      endRun();
      for (let n = 0; n < ideographBytes; n++) run = Math.imul(run ^ (text[i + n] ?? 0), FNV_PRIME);
      i += ideographBytes - 1;
      endRun();
      continue;
    }
    if (byte >= 0x30 && byte <= 0x39) hasDigit = true;
    run = Math.imul(run ^ byte, FNV_PRIME);
  }
  endRun();
  return count === 0 || numbers > count ? null : { words, span: { start: 0, end: count } };
}

/** Bytes of the Han, Hiragana or Katakana character that begins here; 0 for anything else. */
function ideographLength(text: Uint8Array, at: number): 0 | 3 | 4 {
  const first = text[at] ?? 0;
  if (first < 0xe3) return 0;
  const second = text[at + 1] ?? 0;
  // U+3040 to U+30FF and U+3400 to U+9FFF; U+F900 to U+FAFF; U+20000 to U+3FFFF.
  if (first === 0xe3) return second === 0x81 || second === 0x82 || second === 0x83 || second >= 0x90 ? 3 : 0;
  if (first <= 0xe9) return 3;
  if (first === 0xef) return second >= 0xa4 && second <= 0xab ? 3 : 0;
  return first === 0xf0 && second >= 0xa0 ? 4 : 0;
}
