import { MAX_ATTRIBUTE } from './html-tokenizer.js';
import { NameTable } from './name-table.js';

/** The attributes that the page record is made of; every other one is skipped unread. */
const NAMES = [
  'href',
  'src',
  'rel',
  'name',
  'content',
  'property',
  'http-equiv',
  'alt',
  'srcset',
  'hreflang',
  'type',
  'role',
  'lang',
  'action',
  'formaction',
  'data',
  'poster',
  'xlink:href',
  'imagesrcset',
  'shadowrootmode',
  'width',
  'height',
  'charset',
  'as',
  'itemscope',
  'itemtype',
  'itemprop',
  'typeof',
] as const;
export type AttributeName = (typeof NAMES)[number];

const BIT_BY_NAME = new Map<string, number>(NAMES.map((name, index) => [name, 1 << index]));
const BITS = new NameTable(BIT_BY_NAME);

/** A set of attributes as a bit mask. */
export function attributeMask(...names: readonly AttributeName[]): number {
  return names.reduce((mask, name) => mask | (BIT_BY_NAME.get(name) ?? 0), 0);
}

/** Microdata and RDFa may stand on any element: these are read on every one. */
const ITEM_ATTRIBUTES = attributeMask('itemscope', 'itemtype', 'itemprop', 'typeof', 'property');
const ITEM_MARKS = attributeMask('itemscope', 'itemtype', 'typeof');
/** Lengths of their names, as a mask: enough to pass over nearly every other attribute unread. */
const ITEM_LENGTHS = (1 << 6) | (1 << 8) | (1 << 9);
const LONGEST_NAME = Math.max(...NAMES.map(({ length }) => length));

/** The attributes of the tag being read: one instance serves a whole document, without an object per tag. */
export class AttributeSlots {
  readonly #values: string[] = NAMES.map(() => '');
  #wanted = 0;
  /** Lengths of the names to look up. */
  #lengths = 0;
  #present = 0;
  /** The bit of the attribute being read, 0 when it is not wanted. */
  #current = 0;

  /** Begins a tag that is read for the attributes of `wanted`, beside those that may stand on any. */
  begin(wanted: number): void {
    this.#wanted = wanted | ITEM_ATTRIBUTES;
    this.#lengths = wanted === 0 ? ITEM_LENGTHS : -1;
    this.#present = 0;
    this.#current = 0;
  }

  /** Whether the tag starts an item of Microdata or RDFa, or tries to. */
  get marksItem(): boolean {
    return (this.#present & ITEM_MARKS) !== 0;
  }

  /**
   * Begins the attribute whose name stands at `text[from, to)`; returns whether it is wanted. Of equal names the
   * first counts (HTML standard, 13.2.5.33).
   */
  beginValue(text: string, from: number, to: number): boolean {
    const length = to - from;
    if (length > LONGEST_NAME || (this.#lengths & (1 << length)) === 0) return false;
    this.#current = (BITS.find(text, from, to) ?? 0) & this.#wanted & ~this.#present;
    return this.#current !== 0;
  }

  /** Ends a wanted attribute. U+0000 becomes U+FFFD, as an HTML tokenizer does it. */
  endValue(written: string): void {
    let value = written;
    if (value.length >= MAX_ATTRIBUTE) value = dropHalfPair(value);
    if (value.includes('\0')) value = value.replaceAll('\0', '\ufffd');
    this.#present |= this.#current;
    this.#values[31 - Math.clz32(this.#current)] = value;
    this.#current = 0;
  }

  /** The value of an attribute of the current tag; null when the tag does not have it. */
  get(name: AttributeName): string | null {
    const bit = BIT_BY_NAME.get(name) ?? 0;
    return (this.#present & bit) === 0 ? null : (this.#values[31 - Math.clz32(bit)] ?? null);
  }
}

/** Takes away the first half of a surrogate pair at the end, left there by the cut at the limit. */
function dropHalfPair(value: string): string {
  const last = value.charCodeAt(value.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? value.slice(0, -1) : value;
}
