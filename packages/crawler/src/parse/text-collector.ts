import { codePointLength, collapseWhitespace, truncate } from './clean-text.js';

/** Raw characters looked at; what follows in a longer text is dropped. */
const MAX_RAW = 8_192;

/** Gathers the text of one element, such as a title or an anchor, while it streams by. */
export class TextCollector {
  #raw = '';
  #full = false;

  /** Takes `text[start, end)`, which must not cut a surrogate pair. */
  add(text: string, start: number, end: number): void {
    if (this.#full) return;
    const room = MAX_RAW - this.#raw.length;
    this.#full = end - start > room;
    this.#raw += this.#full ? truncate(text.slice(start, start + room + 1), room) : text.slice(start, end);
  }

  /** The text collapsed and cut to `max` UTF-16 units. */
  text(max: number): string {
    return truncate(collapseWhitespace(this.#raw), max);
  }

  /** The same, with its code points before the cut, for an element in the head or elsewhere. */
  measured(max: number, inHead: boolean): { text: string; length: number; inHead: boolean } {
    const collapsed = collapseWhitespace(this.#raw);
    return { text: truncate(collapsed, max), length: codePointLength(collapsed), inHead };
  }
}
