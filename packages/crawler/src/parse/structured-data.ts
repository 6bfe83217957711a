import type { AttributeSlots } from './attribute-slots.js';
import { cleanText, shortText } from './clean-text.js';
import { type JsonLdProblem, readJsonLd } from './json-ld.js';

export type StructuredFormat = 'json_ld' | 'microdata' | 'rdfa';

/** What is wrong with a piece of structured data. */
export interface StructuredDataError {
  readonly format: StructuredFormat;
  readonly problem: JsonLdProblem | 'type_without_scope' | 'type_not_a_url';
  /** JSON-LD: which block of the page, and the line and column within it, all from 1. */
  readonly block?: number;
  readonly line?: number;
  readonly column?: number;
  /** Microdata: the value at fault. */
  readonly value?: string;
}

/** The structured data of a page, by what it declares. */
export interface StructuredData {
  /** Top-level items: typed JSON-LD objects, `itemscope` without `itemprop`, `typeof` without `property`. */
  readonly itemCount: number;
  /**
   * Each type with how often it is declared, nested items included, at most 100; of schema.org the name alone
   * (`Product`), others as written.
   */
  readonly types: readonly {
    readonly format: StructuredFormat;
    readonly type: string;
    readonly count: number;
  }[];
  readonly errors: readonly StructuredDataError[];
  readonly errorCount: number;
}

/** JSON-LD that is read of one page, in UTF-16 units; what is beyond is `too_large`. */
const MAX_JSON_LD = 1_048_576;
const MAX_TYPES = 100;
const MAX_ERRORS = 20;
const MAX_TYPE = 256;
const SCHEMA_ORG = /^(?:https?:\/\/(?:www\.)?schema\.org\/|schema:)(?=.)/i;

/** Gathers what a page declares in JSON-LD, Microdata and RDFa while it streams by. */
export class StructuredDataCollector {
  readonly #counts = new Map<string, { format: StructuredFormat; type: string; count: number }>();
  readonly #errors: StructuredDataError[] = [];
  #errorCount = 0;
  #items = 0;
  #script: string | null = null;
  #scriptTooLarge = false;
  #room = MAX_JSON_LD;
  #blocks = 0;

  /** Takes an element that has one of `itemscope`, `itemtype` and `typeof`. */
  readElement(attributes: AttributeSlots): void {
    const itemType = attributes.get('itemtype');
    if (attributes.get('itemscope') !== null) {
      if (attributes.get('itemprop') === null) this.#items++;
      for (const type of tokens(itemType)) this.#addItemType(type);
    } else if (itemType !== null) {
      this.#addError({ format: 'microdata', problem: 'type_without_scope', value: shortText(itemType, 128) });
    }
    const rdfaTypes = tokens(attributes.get('typeof'));
    if (rdfaTypes.length > 0 && attributes.get('property') === null) this.#items++;
    for (const type of rdfaTypes) this.#addType('rdfa', type);
  }

  /** A `script` of this type starts; its text is taken if it is JSON-LD. */
  beginScript(type: string | null): void {
    this.endScript();
    if (type?.split(';', 1)[0]?.trim().toLowerCase() === 'application/ld+json') this.#script = '';
  }

  /** Takes `text[start, end)` if it belongs to a JSON-LD block. */
  addText(text: string, start: number, end: number): void {
    if (this.#script === null) return;
    if (end - start > this.#room) this.#scriptTooLarge = true;
    if (this.#scriptTooLarge) return;
    this.#room -= end - start;
    this.#script += text.slice(start, end);
  }

  endScript(): void {
    const text = this.#script;
    if (text === null) return;
    this.#script = null;
    this.#blocks++;
    if (this.#scriptTooLarge) {
      this.#scriptTooLarge = false;
      this.#room = 0;
      this.#addError({ format: 'json_ld', problem: 'too_large', block: this.#blocks });
      return;
    }
    const block = readJsonLd(text);
    for (const type of block.types) this.#addType('json_ld', type);
    this.#items += block.items;
    if (block.problem !== null) {
      const place = placeOf(text, block.offset);
      this.#addError({ format: 'json_ld', problem: block.problem, block: this.#blocks, ...place });
    }
  }

  /** Everything declared; null for a page without structured data. */
  end(): StructuredData | null {
    this.endScript();
    if (this.#items === 0 && this.#counts.size === 0 && this.#errorCount === 0) return null;
    const types = [...this.#counts.values()];
    return { itemCount: this.#items, types, errors: this.#errors, errorCount: this.#errorCount };
  }

  /** An item type is an absolute URL (HTML standard, 5.2.2). */
  #addItemType(type: string): void {
    this.#addType('microdata', type);
    if (!/^[a-z][a-z\d+.-]*:./i.test(type)) {
      this.#addError({ format: 'microdata', problem: 'type_not_a_url', value: shortText(type, 128) });
    }
  }

  #addType(format: StructuredFormat, written: string): void {
    const type = written.replace(SCHEMA_ORG, '');
    const key = `${format} ${type}`;
    const known = this.#counts.get(key);
    if (known !== undefined) known.count++;
    else if (this.#counts.size < MAX_TYPES) this.#counts.set(key, { format, type, count: 1 });
  }

  #addError(error: StructuredDataError): void {
    this.#errorCount++;
    if (this.#errors.length < MAX_ERRORS) this.#errors.push(error);
  }
}

function tokens(value: string | null): string[] {
  if (value === null) return [];
  return cleanText(value)
    .split(/[\t\n\f\r ]+/)
    .filter((token) => token !== '')
    .slice(0, 10)
    .map((token) => shortText(token, MAX_TYPE));
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (let i = text.indexOf('\n'); i >= 0 && i < offset; i = text.indexOf('\n', i + 1)) {
    line++;
    lineStart = i + 1;
  }
  return { line, column: offset - lineStart + 1 };
}
