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
] as const;
export type AttributeName = (typeof NAMES)[number];

const BIT_BY_NAME = new Map<string, number>(NAMES.map((name, index) => [name, 1 << index]));
/** Frequent names that no element is read for: known, so that they need no second look-up in lower case. */
for (const name of ['class', 'id', 'style', 'title', 'target', 'width', 'height']) BIT_BY_NAME.set(name, 0);

/** Longest attribute value that is read, in UTF-16 units; the rest of a longer one is dropped. */
export const MAX_ATTRIBUTE = 8_192;

/** A set of attributes as a bit mask. */
export function attributeMask(...names: readonly AttributeName[]): number {
  return names.reduce((mask, name) => mask | (BIT_BY_NAME.get(name) ?? 0), 0);
}

/** The attributes of the tag being read: one instance serves a whole document, without an object per tag. */
export class AttributeSlots {
  readonly #values: string[] = NAMES.map(() => '');
  #wanted = 0;
  #present = 0;
  /** The bit of the attribute being read, 0 when it is not wanted. */
  #current = 0;
  #value = '';

  /** Begins a tag that is read for the attributes of `wanted`. */
  begin(wanted: number): void {
    this.#wanted = wanted;
    this.#present = 0;
    this.#current = 0;
  }

  get wanted(): boolean {
    return this.#wanted !== 0;
  }

  /** Begins an attribute; of equal names the first counts (HTML standard, 13.2.5.33). */
  beginValue(name: string): void {
    const bit = (BIT_BY_NAME.get(name) ?? BIT_BY_NAME.get(name.toLowerCase()) ?? 0) & this.#wanted;
    this.#current = bit & ~this.#present;
    this.#value = '';
  }

  /** Characters that the value being read still takes: 0 for an attribute that is not wanted. */
  get room(): number {
    return this.#current === 0 ? 0 : MAX_ATTRIBUTE - this.#value.length;
  }

  append(text: string): void {
    this.#value += text;
  }

  /** Ends the attribute. U+0000 becomes U+FFFD, as an HTML tokenizer does it. */
  endValue(): void {
    if (this.#current === 0) return;
    let value = this.#value;
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
