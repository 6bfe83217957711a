// Writes packages/crawler/src/record/sans-advances.ts from a TrueType font whose metrics equal Arial's.
// Usage: node scripts/title-widths.mjs [font.ttf], by default Liberation Sans 2 as Debian's fonts-liberation2
// (SIL Open Font License; version 1 of the font is under the GPL) installs it.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const FONT = process.argv[2] ?? '/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf';
const OUT = fileURLToPath(new URL('../packages/crawler/src/record/sans-advances.ts', import.meta.url));
/** Basic Latin, Latin-1, Latin Extended-A, Greek, Cyrillic, general punctuation, currency, letterlike symbols, arrows. */
const RANGES = [
  [0x20, 0x7e],
  [0xa0, 0x17f],
  [0x370, 0x3ff],
  [0x400, 0x4ff],
  [0x2010, 0x2044],
  [0x20a0, 0x20bf],
  [0x2100, 0x2126],
  [0x2190, 0x2195],
];

const font = await readFile(FONT);
const tables = readTables(font);
const unitsPerEm = font.readUInt16BE(table('head') + 18);
const advanceCount = font.readUInt16BE(table('hhea') + 34);
const glyphOf = readCharacterMap(font, table('cmap'));

/** @param {string} name */
function table(name) {
  const offset = tables.get(name);
  if (offset === undefined) throw new Error(`the font has no table "${name}"`);
  return offset;
}

/** The offsets of the font's tables. @param {Buffer} data */
function readTables(data) {
  const count = data.readUInt16BE(4);
  const entries = Array.from({ length: count }, (_, i) => 12 + i * 16);
  return new Map(entries.map((at) => [data.toString('latin1', at, at + 4), data.readUInt32BE(at + 8)]));
}

/** A look-up from code point to glyph by the Unicode subtable of format 4. @param {Buffer} data @param {number} cmap */
function readCharacterMap(data, cmap) {
  const count = data.readUInt16BE(cmap + 2);
  const subtables = Array.from({ length: count }, (_, i) => cmap + 4 + i * 8).map((at) => ({
    platform: data.readUInt16BE(at),
    offset: cmap + data.readUInt32BE(at + 4),
  }));
  const unicode = subtables.find(({ platform, offset }) => platform === 3 && data.readUInt16BE(offset) === 4);
  if (unicode === undefined) throw new Error('the font has no Unicode character map of format 4');
  const at = unicode.offset;
  const segments = data.readUInt16BE(at + 6) / 2;
  /** @param {number} point */
  return (point) => {
    for (let i = 0; i < segments; i++) {
      const end = data.readUInt16BE(at + 14 + i * 2);
      if (point > end) continue;
      const start = data.readUInt16BE(at + 16 + segments * 2 + i * 2);
      if (point < start) return 0;
      const delta = data.readUInt16BE(at + 16 + segments * 4 + i * 2);
      const rangeAt = at + 16 + segments * 6 + i * 2;
      const range = data.readUInt16BE(rangeAt);
      if (range === 0) return (point + delta) & 0xffff;
      const glyph = data.readUInt16BE(rangeAt + range + (point - start) * 2);
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}

/** The advance of a code point in font units, 0 when the font has no glyph for it. @param {number} point */
function advanceOf(point) {
  const glyph = glyphOf(point);
  return glyph === 0 ? 0 : font.readUInt16BE(table('hmtx') + Math.min(glyph, advanceCount - 1) * 4);
}

const lines = RANGES.map(([from = 0, to = 0]) => {
  const advances = Array.from({ length: to - from + 1 }, (_, i) => advanceOf(from + i));
  return `  [0x${from.toString(16)}, '${advances.map((units) => units.toString(36)).join(' ')}'],`;
});
await writeFile(
  OUT,
  `// Written by scripts/title-widths.mjs; do not edit.
// Advance widths of Liberation Sans Regular 2.1.5, which are those of Arial. Liberation fonts: digitized data
// copyright (c) 2010 Google Corporation with Reserved Font Arimo, Tinos and Cousine; copyright (c) 2012 Red Hat, Inc.
// with Reserved Font Name Liberation. SIL Open Font License, Version 1.1, https://openfontlicense.org.

/** Font units to the em. */
export const SANS_UNITS_PER_EM = ${unitsPerEm};

/** First code point of a range, and the advances from there on in base 36; 0 where the font has no glyph. */
export const SANS_ADVANCES: readonly (readonly [number, string])[] = [
${lines.join('\n')}
];
`,
);
