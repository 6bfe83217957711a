import { decodeAttributeReference, decodeReference, referenceEnd } from './character-reference.js';
import { truncate } from './clean-text.js';
import {
  bareTagEnd,
  ENDS_ATTRIBUTE_NAME,
  ENDS_TAG_NAME,
  endsUnquoted,
  isLetter,
  isSpace,
  matchEndTag,
  nameEnd,
  skipSpace,
} from './html-characters.js';
import type { RawContent, TokenHandler } from './token-handler.js';

/** Longest attribute value that is read, in UTF-16 units; the rest of a longer one is dropped. */
export const MAX_ATTRIBUTE = 8_192;
/** Tag and attribute names beyond this many characters are none that matter. */
const MAX_NAME = 64;
const MAX_DECLARATION = 256;

const TEXT = 0;
const TAG = 1;
const LONG_TAG_NAME = 2;
const BEFORE_ATTRIBUTE = 3;
const LONG_ATTRIBUTE_NAME = 4;
const AFTER_NAME = 5;
const BEFORE_VALUE = 6;
const DOUBLE_QUOTED = 7;
const SINGLE_QUOTED = 8;
const UNQUOTED = 9;
const RAW_TEXT = 10;
const COMMENT = 11;
const BOGUS_COMMENT = 12;
const CDATA = 13;

const GT = 0x3e;
const SLASH = 0x2f;
const EQUALS = 0x3d;
const BANG = 0x21;
const QUESTION = 0x3f;
const DASH = 0x2d;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;

/** Characters enough to tell `<!--->` and `<![CDATA[` from other declarations. */
const DECLARATION_START = 9;

/**
 * Splits HTML into tags and text as the tokenization stage of the HTML standard does (13.2.5), from chunks cut
 * anywhere. It exists for speed: long stretches are found with `indexOf`, names are compared in place, and an
 * attribute that plays no part never becomes a string. Left out: parse errors, and the double-escaped state of
 * scripts. What the end of a chunk leaves open is at most a name or a reference, and waits for the next chunk.
 */
export class HtmlTokenizer {
  readonly #handler: TokenHandler;
  #state = TEXT;
  /** The end of a chunk that means something only with what follows; some characters. */
  #held = '';
  /** The document has ended: nothing follows. */
  #ended = false;
  #isEndTag = false;
  #selfClosing = false;
  /** The value of the attribute being read is wanted. */
  #wanted = false;
  #value = '';
  #raw: RawContent = { endTag: null, decodes: false };
  #declaration: string | null = null;
  /** Place of the first `&` of the chunk at or after the place last asked about. */
  #ampersand = -1;

  constructor(handler: TokenHandler) {
    this.#handler = handler;
  }

  write(chunk: string): void {
    const text = this.#held === '' ? chunk : this.#held + chunk;
    this.#held = '';
    this.#ampersand = -1;
    let at = 0;
    while (at < text.length) {
      const next = this.#step(text, at);
      if (next < 0) return;
      at = next;
    }
  }

  /** Ends the document: what waited for more is text now, or nothing. */
  end(): void {
    this.#ended = true;
    this.write('');
  }

  /** Reads on from `at`; returns how far it came, or -1 when the rest waits for the next chunk. */
  #step(text: string, at: number): number {
    switch (this.#state) {
      case TEXT:
        return this.#readText(text, at);
      case TAG:
        return this.#readTag(text, at);
      case BEFORE_ATTRIBUTE:
        return this.#readAttributes(text, at);
      case AFTER_NAME:
        return this.#readEquals(text, at);
      case BEFORE_VALUE:
        return this.#beginValue(text, at);
      case DOUBLE_QUOTED:
        return this.#readQuoted(text, at, '"');
      case SINGLE_QUOTED:
        return this.#readQuoted(text, at, "'");
      case UNQUOTED:
        return this.#readUnquoted(text, at);
      case RAW_TEXT:
        return this.#readRawText(text, at);
      case COMMENT:
        return this.#readComment(text, at);
      case CDATA:
        return this.#readCdata(text, at);
      case LONG_TAG_NAME:
        return this.#skipName(text, at, ENDS_TAG_NAME, BEFORE_ATTRIBUTE);
      case LONG_ATTRIBUTE_NAME:
        return this.#skipName(text, at, ENDS_ATTRIBUTE_NAME, AFTER_NAME);
      default:
        return this.#readBogusComment(text, at);
    }
  }

  #hold(text: string, from: number): number {
    this.#held = text.slice(from);
    return -1;
  }

  #enter(state: number, at: number): number {
    this.#state = state;
    return at;
  }

  #readText(text: string, at: number): number {
    const found = text.indexOf('<', at);
    const end = found < 0 ? text.length : found;
    const open = this.#emitDecoded(text, at, end);
    if (open >= 0) return this.#hold(text, open);
    return found < 0 ? end : this.#readTag(text, this.#enter(TAG, end));
  }

  #emit(text: string, from: number, to: number): void {
    if (to > from) this.#handler.onText(text, from, to);
  }

  /** Emits text with its references decoded. Returns the place of a reference that may go on in the next chunk, else -1. */
  #emitDecoded(text: string, from: number, to: number): number {
    let at = from;
    let ampersand = this.#nextAmpersand(text, at);
    while (ampersand < to) {
      this.#emit(text, at, ampersand);
      const end = referenceEnd(text, ampersand, to);
      if (end === text.length && !this.#ended) return ampersand;
      const decoded = decodeReference(text.slice(ampersand, end));
      this.#emit(decoded, 0, decoded.length);
      at = end;
      ampersand = this.#nextAmpersand(text, at);
    }
    this.#emit(text, at, to);
    return -1;
  }

  #nextAmpersand(text: string, from: number): number {
    if (this.#ampersand < from) {
      const found = text.indexOf('&', from);
      this.#ampersand = found < 0 ? text.length : found;
    }
    return this.#ampersand;
  }

  /** At `<`, which begins a tag, a comment, or is text. */
  #readTag(text: string, at: number): number {
    const next = text.charCodeAt(at + 1);
    if (isLetter(next)) return this.#readTagName(text, at, at + 1);
    if (next === SLASH) {
      const first = text.charCodeAt(at + 2);
      if (isLetter(first)) return this.#readTagName(text, at, at + 2);
      if (first === GT) return this.#enter(TEXT, at + 3);
      if (at + 2 < text.length) return this.#beginBogusComment(null, at + 2);
    } else if (next === BANG) {
      return this.#readDeclaration(text, at);
    } else if (next === QUESTION) {
      return this.#beginBogusComment(null, at + 1);
    }
    const isOpen = at + 1 === text.length || next === SLASH;
    if (isOpen && !this.#ended) return this.#hold(text, at);
    const end = isOpen ? text.length : at + 1;
    this.#emit(text, at, end);
    return this.#enter(TEXT, end);
  }

  #readTagName(text: string, tagAt: number, from: number): number {
    const end = nameEnd(text, from, ENDS_TAG_NAME);
    const isLong = end - from > MAX_NAME;
    if (end === text.length && !isLong) return this.#ended ? end : this.#hold(text, tagAt);
    this.#isEndTag = from - tagAt === 2;
    this.#selfClosing = false;
    if (!this.#isEndTag) this.#handler.onStartTagName(text, from, isLong ? from : end);
    else if (!isLong) this.#handler.onEndTag(text, from, end);
    if (isLong) return this.#enter(LONG_TAG_NAME, end);
    // Looked for once a tag: a tag that does not end, asked again behind each name, would take quadratic time.
    const skips = this.#isEndTag || !this.#handler.wantsAttributes;
    const bare = skips ? bareTagEnd(text, end) : -1;
    if (bare >= 0) return this.#endTag(bare + 1, bare > end && text.charCodeAt(bare - 1) === SLASH);
    return this.#readAttributes(text, this.#enter(BEFORE_ATTRIBUTE, end));
  }

  #skipName(text: string, at: number, ends: number, after: number): number {
    const end = nameEnd(text, at, ends);
    return end === text.length ? end : this.#enter(after, end);
  }

  /** Reads the attributes of a tag up to its end, or as far as they are whole and plainly written. */
  #readAttributes(text: string, from: number): number {
    const skips = this.#isEndTag || !this.#handler.wantsAttributes;
    let at = from;
    for (;;) {
      for (; at < text.length; at++) {
        const unit = text.charCodeAt(at);
        if (unit === GT) return this.#endTag(at + 1, this.#selfClosing);
        // Only the slash right before `>` closes the element.
        this.#selfClosing = unit === SLASH;
        if (unit !== SLASH && !isSpace(unit)) break;
      }
      if (at === text.length) return at;
      // The first character belongs to the name even if it is `=`.
      const end = nameEnd(text, at + 1, ENDS_ATTRIBUTE_NAME);
      const isLong = end - at > MAX_NAME;
      if (end === text.length && !isLong) return this.#ended ? end : this.#hold(text, at);
      this.#wanted = !skips && !isLong && this.#handler.onAttributeName(text, at, end);
      if (isLong && end === text.length) return this.#enter(LONG_ATTRIBUTE_NAME, end);
      if (text.charCodeAt(end) !== EQUALS) return this.#enter(AFTER_NAME, end);
      // As nearly every attribute is written; any other goes through the states.
      const close = text.charCodeAt(end + 1) === DOUBLE_QUOTE ? text.indexOf('"', end + 2) : -1;
      if (close < 0) return this.#enter(BEFORE_VALUE, end + 1);
      if (this.#wanted) this.#append(text, end + 2, close);
      at = this.#endValue(close + 1);
    }
  }

  #readEquals(text: string, from: number): number {
    const at = skipSpace(text, from);
    if (at === text.length) return at;
    if (text.charCodeAt(at) === EQUALS) return this.#enter(BEFORE_VALUE, at + 1);
    return this.#endValue(at);
  }

  #beginValue(text: string, from: number): number {
    const at = skipSpace(text, from);
    if (at === text.length) return at;
    switch (text.charCodeAt(at)) {
      case DOUBLE_QUOTE:
        return this.#enter(DOUBLE_QUOTED, at + 1);
      case SINGLE_QUOTE:
        return this.#enter(SINGLE_QUOTED, at + 1);
      case GT:
        return this.#endValue(at);
      default:
        return this.#enter(UNQUOTED, at);
    }
  }

  #readQuoted(text: string, at: number, quote: string): number {
    const found = text.indexOf(quote, at);
    const end = found < 0 ? text.length : found;
    const open = this.#wanted ? this.#append(text, at, end) : -1;
    if (open >= 0) return this.#hold(text, open);
    return found < 0 ? end : this.#endValue(end + 1);
  }

  #readUnquoted(text: string, at: number): number {
    let end = at;
    while (end < text.length && !endsUnquoted(text.charCodeAt(end))) end++;
    const open = this.#wanted ? this.#append(text, at, end) : -1;
    if (open >= 0) return this.#hold(text, open);
    return end === text.length ? end : this.#endValue(end);
  }

  /** Takes a piece of the value. Returns the place of a reference that may go on in the next chunk, else -1. */
  #append(text: string, from: number, to: number): number {
    let at = from;
    let ampersand = this.#nextAmpersand(text, at);
    while (ampersand < to) {
      this.#take(text, at, ampersand);
      const end = referenceEnd(text, ampersand, to);
      if (end === text.length && !this.#ended) return ampersand;
      const decoded = decodeAttributeReference(text.slice(ampersand, end), text.charCodeAt(end));
      if (this.#value.length + decoded.length <= MAX_ATTRIBUTE) this.#value += decoded;
      at = end;
      ampersand = this.#nextAmpersand(text, at);
    }
    this.#take(text, at, to);
    return -1;
  }

  #take(text: string, from: number, to: number): void {
    const room = MAX_ATTRIBUTE - this.#value.length;
    if (to > from && room > 0) this.#value += text.slice(from, Math.min(to, from + room));
  }

  #endValue(at: number): number {
    if (this.#wanted) this.#handler.onAttributeValue(this.#value);
    this.#value = '';
    return this.#enter(BEFORE_ATTRIBUTE, at);
  }

  #endTag(at: number, selfClosing: boolean): number {
    const raw = this.#isEndTag ? null : this.#handler.onStartTagEnd(selfClosing);
    if (raw === null) return this.#enter(TEXT, at);
    this.#raw = raw;
    return this.#enter(RAW_TEXT, at);
  }

  #readRawText(text: string, at: number): number {
    const { endTag } = this.#raw;
    let end = endTag === null ? -1 : text.indexOf('<', at);
    while (end >= 0 && endTag !== null) {
      const match = matchEndTag(text, end, endTag);
      if (match === 'yes' || (match === 'open' && !this.#ended)) break;
      end = text.indexOf('<', end + 1);
    }
    const stop = end < 0 ? text.length : end;
    if (this.#raw.decodes) {
      const open = this.#emitDecoded(text, at, stop);
      if (open >= 0) return this.#hold(text, open);
    } else {
      this.#emit(text, at, stop);
    }
    if (end < 0) return stop;
    if (endTag !== null && matchEndTag(text, end, endTag) === 'open') return this.#hold(text, end);
    return this.#enter(TAG, end);
  }

  /** At `<!`. */
  #readDeclaration(text: string, at: number): number {
    if (text.length - at < DECLARATION_START && !this.#ended) return this.#hold(text, at);
    if (text.startsWith('--', at + 2)) {
      if (text.charCodeAt(at + 4) === GT) return this.#enter(TEXT, at + 5);
      if (text.startsWith('->', at + 4)) return this.#enter(TEXT, at + 6);
      return this.#enter(COMMENT, at + 4);
    }
    if (this.#handler.foreign && text.startsWith('[CDATA[', at + 2)) return this.#enter(CDATA, at + 9);
    return this.#beginBogusComment('', at + 2);
  }

  #readComment(text: string, from: number): number {
    let at = text.indexOf('--', from);
    for (; at >= 0; at = text.indexOf('--', at + 1)) {
      const next = text.charCodeAt(at + 2);
      if (next === GT) return this.#enter(TEXT, at + 3);
      if (next === BANG && text.charCodeAt(at + 3) === GT) return this.#enter(TEXT, at + 4);
      const isOpen = at + 2 === text.length || (next === BANG && at + 3 === text.length);
      if (isOpen) return this.#ended ? text.length : this.#hold(text, at);
    }
    const last = text.length - 1;
    return text.charCodeAt(last) === DASH && !this.#ended ? this.#hold(text, last) : text.length;
  }

  #beginBogusComment(declaration: string | null, at: number): number {
    this.#declaration = declaration;
    return this.#enter(BOGUS_COMMENT, at);
  }

  #readBogusComment(text: string, at: number): number {
    const found = text.indexOf('>', at);
    const end = found < 0 ? text.length : found;
    if (this.#declaration !== null && this.#declaration.length < MAX_DECLARATION) {
      this.#declaration += truncate(text.slice(at, end), MAX_DECLARATION - this.#declaration.length);
    }
    if (found < 0) return end;
    if (this.#declaration !== null) this.#handler.onDeclaration(this.#declaration);
    return this.#enter(TEXT, end + 1);
  }

  #readCdata(text: string, at: number): number {
    const found = text.indexOf(']]>', at);
    if (found >= 0) {
      this.#emit(text, at, found);
      return this.#enter(TEXT, found + 3);
    }
    const open = text.endsWith(']]') ? 2 : Number(text.endsWith(']'));
    const end = this.#ended ? text.length : Math.max(at, text.length - open);
    this.#emit(text, at, end);
    return end === text.length ? end : this.#hold(text, end);
  }
}
