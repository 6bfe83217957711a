import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createByteDecoder } from './byte-decoder.js';

/** Text as pages have it: of one byte, of more, and bytes that are no text at all. */
const bytes = fc
  .array(
    fc.oneof(
      fc.string({ maxLength: 40 }).map((text) => Buffer.from(text)),
      fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => Buffer.from(text)),
      fc.constantFrom('\ufeff', '§', '€', '日本', '𝒳').map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 4 }).map((some) => Buffer.from(some)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Buffer.concat(parts));

describe('UTF-8', () => {
  it('is decoded as the Encoding standard says, however it is cut', () => {
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 9 }), (all, piece) => {
        const decoder = createByteDecoder('utf-8');
        let text = '';
        for (let at = 0; at < all.length; at += piece) text += decoder.write(all.subarray(at, at + piece));
        text += decoder.end();
        expect(text).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(all));
        const whole = createByteDecoder('utf-8');
        expect(whole.write(all) + whole.end()).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });
});
