/** `charset=` value of a Content-Type header or of a `meta` element's `content`; null when there is none. */
export function charsetFromContent(content: string): string | null {
  const lower = content.toLowerCase();
  for (let at = lower.indexOf('charset'); at >= 0; at = lower.indexOf('charset', at + 1)) {
    let i = skipSpace(lower, at + 'charset'.length);
    if (lower.charAt(i) !== '=') continue;
    i = skipSpace(lower, i + 1);
    const quote = lower.charAt(i);
    if (quote === '"' || quote === "'") {
      const close = lower.indexOf(quote, i + 1);
      return close < 0 ? null : lower.slice(i + 1, close);
    }
    let end = i;
    while (end < lower.length && !isSpaceAt(lower, end) && lower.charAt(end) !== ';') end++;
    return end === i ? null : lower.slice(i, end);
  }
  return null;
}

/**
 * The encoding label that a `meta` element in the first bytes of a document declares (HTML standard,
 * 13.2.3.2 "prescan a byte stream"); null when there is none.
 */
export function prescanCharset(head: Uint8Array): string | null {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const text = bytes.toString('latin1').toLowerCase();
  if (!text.includes('charset')) return null;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    if (text.startsWith('<!--', at)) {
      const close = text.indexOf('-->', at + 2);
      if (close < 0) return null;
      at = close + 3;
    } else if (text.startsWith('<meta', at) && isTagBreak(text, at + 5)) {
      const attributes = readAttributes(text, at + 5);
      const label = declaredCharset(attributes.values);
      if (label !== null) return label;
      at = attributes.end;
    } else if (isNameStart(text.charCodeAt(text.charAt(at + 1) === '/' ? at + 2 : at + 1))) {
      at = tagEnd(text, at + 2);
    } else {
      at += 1;
    }
  }
  return null;
}

function declaredCharset(values: ReadonlyMap<string, string>): string | null {
  const charset = values.get('charset');
  if (charset !== undefined) return charset;
  const content = values.get('content');
  if (values.get('http-equiv') !== 'content-type' || content === undefined) return null;
  return charsetFromContent(content);
}

/** Where the tag whose name starts at `from` ends: attribute values may hold `>`. */
function tagEnd(text: string, from: number): number {
  let i = from;
  while (i < text.length && !isTagBreak(text, i)) i++;
  return readAttributes(text, i).end;
}

/** Attributes of a tag from just behind its name; the first of equal names counts. */
function readAttributes(text: string, from: number): { values: Map<string, string>; end: number } {
  const values = new Map<string, string>();
  let i = from;
  while (i < text.length) {
    while (i < text.length && (isSpaceAt(text, i) || text.charAt(i) === '/')) i++;
    if (i >= text.length || text.charAt(i) === '>') return { values, end: i + 1 };
    const nameStart = i;
    i++;
    while (i < text.length && !isTagBreak(text, i) && text.charAt(i) !== '=') i++;
    const name = text.slice(nameStart, i);
    i = skipSpace(text, i);
    if (text.charAt(i) !== '=') {
      if (!values.has(name)) values.set(name, '');
      continue;
    }
    const value = readValue(text, skipSpace(text, i + 1));
    if (!values.has(name)) values.set(name, value.text);
    i = value.end;
  }
  return { values, end: text.length };
}

function readValue(text: string, from: number): { text: string; end: number } {
  const quote = text.charAt(from);
  if (quote === '"' || quote === "'") {
    const close = text.indexOf(quote, from + 1);
    // An unclosed value at the end of the scan declares nothing: the rest of it was not seen.
    return close < 0 ? { text: '', end: text.length } : { text: text.slice(from + 1, close), end: close + 1 };
  }
  let end = from;
  while (end < text.length && !isSpaceAt(text, end) && text.charAt(end) !== '>') end++;
  return { text: text.slice(from, end), end };
}

function skipSpace(text: string, from: number): number {
  let i = from;
  while (i < text.length && isSpaceAt(text, i)) i++;
  return i;
}

function isSpaceAt(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit === 0x20 || unit === 0x09 || unit === 0x0a || unit === 0x0c || unit === 0x0d;
}

function isTagBreak(text: string, index: number): boolean {
  const char = text.charAt(index);
  return char === '>' || char === '/' || isSpaceAt(text, index);
}

function isNameStart(unit: number): boolean {
  return unit >= 0x61 && unit <= 0x7a;
}
