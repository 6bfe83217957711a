import { SANS_ADVANCES, SANS_UNITS_PER_EM } from './sans-advances.js';

/** Sizes in which Google's desktop results show titles and descriptions, in CSS pixels of Arial. */
export const TITLE_FONT_PX = 20;
export const DESCRIPTION_FONT_PX = 14;

/** Code points of the table: everything beyond is told by its block. */
const TABLE_SIZE = 0x2200;
/** Width of a character that Arial lacks and browsers take from another font: about that of a wide letter. */
const OTHER_EM = 0.6;

const advances = new Uint16Array(TABLE_SIZE).fill(Math.round(OTHER_EM * SANS_UNITS_PER_EM));
for (const [first, list] of SANS_ADVANCES) {
  for (const [index, units] of list.split(' ').entries()) {
    const advance = Number.parseInt(units, 36);
    if (advance > 0) advances[first + index] = advance;
  }
}
/** Combining marks and format characters take no room. */
advances.fill(0, 0x300, 0x370);
advances.fill(0, 0x200b, 0x2010);
advances.fill(0, 0x202a, 0x202f);
advances.fill(0, 0x2060, 0x2070);

/**
 * The width of a line of text in Arial at `fontPx` CSS pixels, rounded: the sum of its characters' advances,
 * without kerning, as page tools measure it. Ideographs and other full-width characters count as one em, and those
 * outside the table (Latin, Greek, Cyrillic, punctuation, currency) as 0.6 em.
 */
export function textWidth(text: string, fontPx: number): number {
  let units = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < TABLE_SIZE) {
      units += advances[unit] ?? 0;
      continue;
    }
    const point = text.codePointAt(i) ?? unit;
    if (point > 0xffff) i++;
    units += (isFullWidth(point) ? 1 : isZeroWidth(point) ? 0 : OTHER_EM) * SANS_UNITS_PER_EM;
  }
  return Math.round((units * fontPx) / SANS_UNITS_PER_EM);
}

/** Han, Kana, Hangul, full-width forms, and emoji: the wide characters of Unicode's East Asian Width. */
function isFullWidth(point: number): boolean {
  return (
    (point >= 0x2e80 && point <= 0xa4cf) ||
    (point >= 0xac00 && point <= 0xd7a3) ||
    (point >= 0xf900 && point <= 0xfaff) ||
    (point >= 0xff01 && point <= 0xff60) ||
    (point >= 0xffe0 && point <= 0xffe6) ||
    (point >= 0x1f300 && point <= 0x1faff) ||
    (point >= 0x20000 && point <= 0x3ffff)
  );
}

/** Variation selectors and the byte order mark. */
function isZeroWidth(point: number): boolean {
  return (point >= 0xfe00 && point <= 0xfe0f) || point === 0xfeff || (point >= 0xe0000 && point <= 0xe01ff);
}
