import { describe, expect, it } from 'vitest';
import { SimilarTexts } from './similar-texts.js';

describe('texts that are nearly the same', () => {
  it.each([
    ['0', '7', 2],
    ['0', '15', 1],
    ['-1', '-8', 2],
    // The sign is a bit like any other.
    ['9223372036854775807', '-1', 2],
    ['0', '-9223372036854775808', 2],
    ['0', '-1', 1],
    ['4294967296', '8589934592', 2],
  ])('%s and %s make %i', (one, other, counted) => {
    const texts = new SimilarTexts();
    texts.count('a', one);
    expect(texts.count('a', other)).toBe(counted);
    expect(texts.count('b', other)).toBe(1);
  });

  it('are counted on while others come and go', () => {
    const texts = new SimilarTexts();
    texts.count('a', '0');
    texts.count('a', '0');
    for (let n = 1n; n < 40n; n += 1n)
      texts.count('a', String(BigInt.asIntN(64, 0x0101_0101_0101_0101n * (n * 7n))));
    expect(texts.count('a', '1')).toBe(3);
  });
});
