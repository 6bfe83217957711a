// The small questions of the tokenizer about characters and places in a text.

const GT = 0x3e;
const SLASH = 0x2f;
const EQUALS = 0x3d;

/** What ends a name, as bits of the `ends` of nameEnd. */
export const ENDS_TAG_NAME = 1;
export const ENDS_ATTRIBUTE_NAME = 3;

/** 1: white space, `/` and `>`, which end any name. 2: `=`, which ends the name of an attribute too. */
const ENDS_NAME = new Uint8Array(128);
for (const unit of [0x09, 0x0a, 0x0c, 0x0d, 0x20, SLASH, GT]) ENDS_NAME[unit] = 1;
ENDS_NAME[EQUALS] = 2;

export function isLetter(unit: number): boolean {
  const lower = unit | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** White space of HTML (tab, line feed, form feed, carriage return, space). */
export function isSpace(unit: number): boolean {
  return unit === 0x20 || (unit <= 0x0d && unit >= 0x09 && unit !== 0x0b);
}

export function endsUnquoted(unit: number): boolean {
  return unit === GT || isSpace(unit);
}

export function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** End of the name at `from`; `ends` says by which characters, see ENDS_NAME. */
export function nameEnd(text: string, from: number, ends: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 128 && ((ENDS_NAME[unit] ?? 0) & ends) !== 0) return at;
  }
  return at;
}

/** Place of the `>` of a tag that has no attribute values from here on, else -1. */
export function bareTagEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === GT) return at;
    if (unit === EQUALS) return -1;
  }
  return -1;
}

/** Whether the end tag stands at `at`, a `<`; `open` when the text ends before that is known. */
export function matchEndTag(text: string, at: number, name: string): 'yes' | 'no' | 'open' {
  if (at + 1 === text.length) return 'open';
  if (text.charCodeAt(at + 1) !== SLASH) return 'no';
  for (let i = 0; i < name.length; i++) {
    const place = at + 2 + i;
    if (place === text.length) return 'open';
    if ((text.charCodeAt(place) | 0x20) !== name.charCodeAt(i)) return 'no';
  }
  const after = at + 2 + name.length;
  if (after === text.length) return 'open';
  return ((ENDS_NAME[text.charCodeAt(after)] ?? 0) & 1) === 0 ? 'no' : 'yes';
}
