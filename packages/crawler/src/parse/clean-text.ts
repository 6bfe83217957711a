const LONE_SURROGATE = /\p{Surrogate}/gu;

/** Replaces U+0000 and lone surrogates by U+FFFD: PostgreSQL refuses the one in `text`, the other in `jsonb`. */
export function cleanText(text: string): string {
  const wellFormed = text.replace(LONE_SURROGATE, '\ufffd');
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '\ufffd') : wellFormed;
}

/** The first `max` UTF-16 units of a well-formed text, one fewer where the cut would split a pair. */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
}

/** Unicode code points of a well-formed text. */
export function codePointLength(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdbff) length--;
  }
  return length;
}

/** White space of a rendered text: ASCII white space, no-break and the wide spaces of Unicode. */
export function isSpace(unit: number): boolean {
  if (unit <= 0x20) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
  if (unit < 0xa0) return false;
  return (
    unit === 0xa0 ||
    unit === 0x1680 ||
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000 ||
    unit === 0xfeff
  );
}

/** Trims, makes each run of white space one space, and drops U+0000 as an HTML parser does in text. */
export function collapseWhitespace(text: string): string {
  if (isCollapsed(text)) return text;
  const source = text.includes('\0') ? text.replaceAll('\0', '') : text;
  let collapsed = '';
  let wordStart = -1;
  for (let i = 0; i <= source.length; i++) {
    const inWord = i < source.length && !isSpace(source.charCodeAt(i));
    if (inWord && wordStart < 0) wordStart = i;
    if (inWord || wordStart < 0) continue;
    if (collapsed !== '') collapsed += ' ';
    collapsed += source.slice(wordStart, i);
    wordStart = -1;
  }
  return collapsed;
}

function isCollapsed(text: string): boolean {
  let previous = 0x20;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 0 || (unit !== 0x20 && isSpace(unit)) || (unit === 0x20 && previous === 0x20)) return false;
    previous = unit;
  }
  return previous !== 0x20 || text === '';
}

/** The text with white space collapsed, at most `max` UTF-16 units of it. */
export function shortText(raw: string, max = 1_024): string {
  return truncate(collapseWhitespace(raw), max);
}
