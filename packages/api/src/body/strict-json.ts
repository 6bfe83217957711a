import { type FieldProblem, OutriderError } from '@outrider/shared';

/** Deepest nesting of a body. */
export const MAX_JSON_DEPTH = 100;

/**
 * Parses JSON (RFC 8259) and refuses what parsers disagree on or what could do harm later: names given
 * twice, `__proto__` and `constructor.prototype`, nesting past 100, numbers that JavaScript cannot hold
 * exactly (past 2^53, -0, infinite), and text that PostgreSQL cannot store (U+0000, lone surrogates).
 *
 * Throws `invalid_json` and, for the values of single fields, `validation_failed` with their paths.
 */
export function parseStrictJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const at = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    throw new OutriderError(
      'invalid_json',
      at === undefined ? 'It ends early or is empty.' : `See position ${at}.`,
    );
  }
  const fields = new JsonScan(text).run();
  if (fields.length > 0) {
    throw new OutriderError('validation_failed', 'Something in the body is not valid: see fields.', {
      fields,
    });
  }
  return value;
}

interface Level {
  /** Names seen so far; null for an array. */
  readonly names: Set<string> | null;
  /** Name or index of the value being read. */
  key: string | number;
  awaitsName: boolean;
}

const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const UNSTORABLE = /\p{Surrogate}|\0/u;

/** Walks over text that is known to be valid JSON, so that it only has to look for structure. */
class JsonScan {
  readonly #text: string;
  readonly #levels: Level[] = [];
  readonly #fields: FieldProblem[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): readonly FieldProblem[] {
    while (this.#at < this.#text.length) this.#step(this.#text.charCodeAt(this.#at));
    return this.#fields;
  }

  #step(code: number): void {
    const level = this.#levels.at(-1);
    switch (code) {
      case 0x7b: // {
      case 0x5b: // [
        this.#open(code === 0x7b);
        return;
      case 0x7d: // }
      case 0x5d: // ]
        this.#levels.pop();
        break;
      case 0x2c: // ,
        if (level?.names === null) level.key = Number(level.key) + 1;
        else if (level !== undefined) level.awaitsName = true;
        break;
      case 0x22: // "
        this.#string(level);
        return;
      default:
        if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
          this.#number();
          return;
        }
    }
    this.#at += 1;
  }

  #open(isObject: boolean): void {
    if (this.#levels.length >= MAX_JSON_DEPTH) {
      throw new OutriderError('invalid_json', `It is nested deeper than ${MAX_JSON_DEPTH} levels.`);
    }
    this.#levels.push({ names: isObject ? new Set() : null, key: isObject ? '' : 0, awaitsName: isObject });
    this.#at += 1;
  }

  #string(level: Level | undefined): void {
    const value = this.#readString();
    if (level !== undefined && level.names !== null && level.awaitsName) {
      this.#name(level, level.names, value);
      return;
    }
    if (UNSTORABLE.test(value)) this.#report('unstorable_text', 'has U+0000 or half of a surrogate pair');
  }

  #name(level: Level, names: Set<string>, name: string): void {
    const parent = this.#levels.at(-2);
    if (names.has(name))
      throw new OutriderError('invalid_json', `A name is given twice: ${this.#path(name)}.`);
    if (name === '__proto__' || (name === 'prototype' && parent?.key === 'constructor')) {
      throw new OutriderError('invalid_json', `The name ${name} is not accepted.`);
    }
    names.add(name);
    level.key = name;
    level.awaitsName = false;
    if (UNSTORABLE.test(name)) this.#report('unstorable_text', 'has U+0000 or half of a surrogate pair');
  }

  /** Leaves `#at` behind the closing quote. */
  #readString(): string {
    const start = this.#at;
    let end = start + 1;
    let escaped = false;
    for (let code = this.#text.charCodeAt(end); code !== 0x22; code = this.#text.charCodeAt(end)) {
      if (code === 0x5c) {
        escaped = true;
        end += 1;
      }
      end += 1;
    }
    this.#at = end + 1;
    if (!escaped) return this.#text.slice(start + 1, end);
    const parsed: unknown = JSON.parse(this.#text.slice(start, end + 1));
    return String(parsed);
  }

  #number(): void {
    NUMBER.lastIndex = this.#at;
    const literal = NUMBER.exec(this.#text)?.[0] ?? '0';
    this.#at += literal.length;
    const value = Number(literal);
    if (!Number.isFinite(value)) this.#report('invalid_number', 'is too large for a number');
    else if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      this.#report('invalid_number', 'is past 2^53, where whole numbers are no longer exact');
    } else if (Object.is(value, -0)) this.#report('invalid_number', 'is -0; write 0');
  }

  #path(last: string | number): string {
    const names = this.#levels.slice(0, -1).map((level) => String(level.key));
    return [...names, String(last)].join('.').slice(0, 300);
  }

  #report(code: string, message: string): void {
    if (this.#fields.length >= 100) return;
    this.#fields.push({ path: this.#path(this.#levels.at(-1)?.key ?? ''), code, message });
  }
}
