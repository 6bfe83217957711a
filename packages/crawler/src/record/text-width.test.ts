import { describe, expect, it } from 'vitest';
import { DESCRIPTION_FONT_PX, TITLE_FONT_PX, textWidth } from './text-width.js';

describe('the width of a text in Arial', () => {
  it.each([
    // Advances in units of 2048 to the em, from Arial's published metrics: H 1479, e 1139, l 455, o 1139, space 569.
    ['Hello', TITLE_FONT_PX, Math.round(((1479 + 1139 + 455 + 455 + 1139) * 20) / 2048)],
    ['Hello', DESCRIPTION_FONT_PX, Math.round(((1479 + 1139 + 455 + 455 + 1139) * 14) / 2048)],
    ['i', TITLE_FONT_PX, 4],
    ['W', TITLE_FONT_PX, 19],
    ['', TITLE_FONT_PX, 0],
    ['漢字', TITLE_FONT_PX, 40],
    ['😀', TITLE_FONT_PX, 20],
    ['e\u0301\u200b', TITLE_FONT_PX, 11],
    ['Ж', TITLE_FONT_PX, 18],
    ['Ω', TITLE_FONT_PX, 15],
    ['ș', TITLE_FONT_PX, 12],
    ['ก', TITLE_FONT_PX, 12],
  ])('of %s at %i px is %i px', (text, fontPx, width) => {
    expect(textWidth(text, fontPx)).toBe(width);
  });

  it('of a whole title is what Chromium measures in Liberation Sans without kerning', () => {
    expect(textWidth('PostgreSQL: Documentation: 15: Chapter 13. Concurrency Control', TITLE_FONT_PX)).toBe(
      593,
    );
  });
});
