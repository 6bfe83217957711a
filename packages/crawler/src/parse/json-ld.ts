import { cleanText, shortText } from './clean-text.js';

export type JsonLdProblem = 'syntax' | 'too_deep' | 'too_large' | 'empty' | 'not_an_object' | 'no_context';

/** What one JSON-LD block declares. */
export interface JsonLdBlock {
  /** Types of all objects, in document order, at most 100: as written, escapes resolved. */
  readonly types: readonly string[];
  /** Typed objects at the top: the document's, those of a top array, and those of `@graph`. */
  readonly items: number;
  readonly problem: JsonLdProblem | null;
  /** Where the problem is, in UTF-16 units from the start of the block. */
  readonly offset: number;
}

/** Nesting beyond this is refused, not followed. */
const MAX_DEPTH = 100;
const MAX_TYPES = 100;
const MAX_TYPE = 256;

/**
 * Reads a JSON-LD block without building it: a scan that checks the grammar of RFC 8259 and picks out `@type`.
 * No object is made of what the page names, so there is nothing that a key such as `__proto__` could reach.
 * A block that does not parse declares nothing, as for any JSON parser.
 */
export function readJsonLd(text: string): JsonLdBlock {
  const scan = new JsonLdScan(text);
  const problem = scan.run();
  const whole = problem === null || problem === 'no_context';
  return {
    types: whole ? scan.types : [],
    items: whole ? scan.items : 0,
    problem,
    offset: problem === null || problem === 'no_context' ? 0 : scan.offset,
  };
}

/** What an object means by where it stands. */
type Role = 'top' | 'nested' | 'context';

class JsonLdScan {
  readonly types: string[] = [];
  items = 0;
  readonly #text: string;
  #at = 0;
  #hasContext = false;
  #fault: JsonLdProblem = 'syntax';

  constructor(text: string) {
    this.#text = text;
  }

  get offset(): number {
    return Math.min(this.#at, this.#text.length);
  }

  run(): JsonLdProblem | null {
    const first = this.#next();
    if (Number.isNaN(first)) return 'empty';
    if (first !== OPEN_BRACE && first !== OPEN_BRACKET)
      return this.#value(1, 'top') ? 'not_an_object' : this.#fault;
    if (!this.#value(1, 'top')) return this.#fault;
    // Anything behind the value breaks the grammar; a NaN is the end of the text.
    const rest = this.#next();
    if (!Number.isNaN(rest)) return 'syntax';
    return this.#hasContext || this.types.length === 0 ? null : 'no_context';
  }

  /** Skips white space and returns the code unit there, NaN at the end. */
  #next(): number {
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return unit;
      this.#at++;
    }
  }

  #value(depth: number, role: Role): boolean {
    switch (this.#next()) {
      case OPEN_BRACE:
        return this.#nest(depth) && this.#object(depth, role);
      case OPEN_BRACKET:
        return this.#nest(depth) && this.#array(depth, role);
      case QUOTE:
        return this.#string() !== null;
      case 0x74:
        return this.#word('true');
      case 0x66:
        return this.#word('false');
      case 0x6e:
        return this.#word('null');
      default:
        return this.#number();
    }
  }

  #nest(depth: number): boolean {
    if (depth > MAX_DEPTH) {
      this.#fault = 'too_deep';
      return false;
    }
    this.#at++;
    return true;
  }

  #object(depth: number, role: Role): boolean {
    let typed = false;
    if (this.#next() === CLOSE_BRACE) return this.#pass();
    for (;;) {
      if (this.#next() !== QUOTE) return false;
      const key = this.#string();
      if (key === null || this.#next() !== COLON) return false;
      this.#at++;
      if (key === '@type' && role !== 'context') {
        const before = this.types.length;
        if (!this.#typeValue(depth + 1)) return false;
        typed ||= this.types.length > before;
      } else if (!this.#member(key, depth + 1, role)) {
        return false;
      }
      const next = this.#next();
      if (next === CLOSE_BRACE) break;
      if (next !== COMMA) return false;
      this.#at++;
    }
    if (typed && role === 'top') this.items++;
    return this.#pass();
  }

  #member(key: string, depth: number, role: Role): boolean {
    if (key === '@context' && role !== 'context') {
      this.#hasContext = true;
      return this.#value(depth, 'context');
    }
    return this.#value(depth, role === 'context' || key === '@graph' ? role : 'nested');
  }

  #array(depth: number, role: Role): boolean {
    if (this.#next() === CLOSE_BRACKET) return this.#pass();
    for (;;) {
      if (!this.#value(depth + 1, role)) return false;
      const next = this.#next();
      if (next === CLOSE_BRACKET) return this.#pass();
      if (next !== COMMA) return false;
      this.#at++;
    }
  }

  /** The value of `@type`: a string or an array of them; anything else names no type. */
  #typeValue(depth: number): boolean {
    const first = this.#next();
    if (first === QUOTE) return this.#type();
    if (first !== OPEN_BRACKET) return this.#value(depth, 'nested');
    if (!this.#nest(depth)) return false;
    if (this.#next() === CLOSE_BRACKET) return this.#pass();
    for (;;) {
      if (!(this.#next() === QUOTE ? this.#type() : this.#value(depth + 1, 'nested'))) return false;
      const next = this.#next();
      if (next === CLOSE_BRACKET) return this.#pass();
      if (next !== COMMA) return false;
      this.#at++;
    }
  }

  #type(): boolean {
    const type = this.#string();
    if (type === null) return false;
    const text = shortText(cleanText(type), MAX_TYPE);
    if (text !== '' && this.types.length < MAX_TYPES) this.types.push(text);
    return true;
  }

  #pass(): true {
    this.#at++;
    return true;
  }

  /** Reads the string that starts here; null, standing at the fault, when it is none. */
  #string(): string | null {
    const start = this.#at++;
    let escaped = false;
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit === QUOTE) break;
      if (unit === BACKSLASH) {
        escaped = true;
        if (!this.#escape()) return null;
      } else if (unit >= 0x20) {
        this.#at++;
      } else {
        // A control character, or the end of the text.
        return null;
      }
    }
    this.#at++;
    if (!escaped) return this.#text.slice(start + 1, this.#at - 1);
    return String(JSON.parse(this.#text.slice(start, this.#at)));
  }

  #escape(): boolean {
    const sign = this.#text.charAt(this.#at + 1);
    if (sign === 'u') {
      for (let i = 2; i < 6; i++) {
        if (!isHex(this.#text.charCodeAt(this.#at + i))) return false;
      }
      this.#at += 6;
      return true;
    }
    if (sign === '' || !'"\\/bfnrt'.includes(sign)) return false;
    this.#at += 2;
    return true;
  }

  #word(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  #number(): boolean {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) return false;
    this.#at += match[0].length;
    return true;
  }
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

function isHex(unit: number): boolean {
  const lower = unit | 0x20;
  return (unit >= 0x30 && unit <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}
