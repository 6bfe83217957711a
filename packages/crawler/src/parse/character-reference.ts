import { decodeHTML, decodeHTMLAttribute } from 'entities';

/** The longest name (CounterClockwiseContourIntegral) has 31 characters; longer runs hold a shorter one at most. */
const MAX_NAME = 40;
/** Digits of a numeric reference that are read; more only ever come as leading zeros. */
const MAX_DIGITS = 64;
const AMPERSAND = '&';
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const HASH = 0x23;

/** A page uses few references, again and again. */
const MAX_KNOWN = 2_000;
const inText = new Map<string, string>();
const inAttributes = new Map<string, string>();

/**
 * End of what could be a character reference at `text[at]`, an `&`: the name or number and its semicolon, as
 * far as they go before `limit`. At `limit` it may go on behind it.
 */
export function referenceEnd(text: string, at: number, limit: number): number {
  let end = at + 1;
  if (text.charCodeAt(end) === HASH && end < limit) {
    end++;
    if ((text.charCodeAt(end) | 0x20) === 0x78 && end < limit) end++;
    const last = Math.min(limit, end + MAX_DIGITS);
    while (end < last && isHexDigit(text.charCodeAt(end))) end++;
  } else {
    const last = Math.min(limit, end + MAX_NAME);
    while (end < last && isAlphanumeric(text.charCodeAt(end))) end++;
  }
  return end < limit && text.charCodeAt(end) === SEMICOLON ? end + 1 : end;
}

/** What a piece of text that starts with `&` and ends where `referenceEnd` says stands for (HTML standard, 13.2.5.72). */
export function decodeReference(source: string): string {
  return source === AMPERSAND ? source : remembered(inText, source, decodeHTML);
}

/**
 * The same in an attribute value, where a name without its semicolon and with `=` behind it is no reference:
 * the `&copy=1` of a query. `next` is the character behind it, NaN at the end.
 */
export function decodeAttributeReference(source: string, next: number): string {
  if (source === AMPERSAND) return source;
  if (next === EQUALS && source.charCodeAt(1) !== HASH && !source.endsWith(';')) return source;
  return remembered(inAttributes, source, decodeHTMLAttribute);
}

function remembered(known: Map<string, string>, source: string, decode: (source: string) => string): string {
  const before = known.get(source);
  if (before !== undefined) return before;
  const decoded = decode(source);
  if (known.size >= MAX_KNOWN) known.clear();
  // A copy of its own: a slice would keep the whole page that it was cut from in memory.
  known.set(Buffer.from(source).toString(), decoded);
  return decoded;
}

function isHexDigit(unit: number): boolean {
  const lower = unit | 0x20;
  return (unit >= 0x30 && unit <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}

function isAlphanumeric(unit: number): boolean {
  const lower = unit | 0x20;
  return (unit >= 0x30 && unit <= 0x39) || (lower >= 0x61 && lower <= 0x7a);
}
