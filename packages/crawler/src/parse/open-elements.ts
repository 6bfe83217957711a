import { LINK_POSITIONS, type LinkPosition } from './page-link.js';
import type { TagInfo } from './tag-table.js';
import { TEXT_REGION, type TextRegion } from './text-region.js';

const POSITION_MASK = 0x07;
const SECTIONED = 0x08;
const HIDDEN = 0x10;
const INERT = 0x20;
const FOREIGN = 0x40;
const MAIN = 0x80;
const ARTICLE = 0x100;
const APART = 0x200;
const FORM = 0x400;

/** Browsers stop nesting at 512 too; what is deeper is read as if it stood at this depth. */
const MAX_DEPTH = 512;

/**
 * The open elements that decide what a link or text means: landmarks, hidden parts, SVG. Each entry carries
 * the whole state below it, so that asking is free and closing is a step back.
 */
export class OpenElements {
  readonly #tags: TagInfo[] = [];
  readonly #states: number[] = [];
  #state = 0;
  /** Elements opened beyond the depth limit. */
  #beyond = 0;

  get position(): LinkPosition {
    return LINK_POSITIONS[this.#state & POSITION_MASK] ?? 'content';
  }

  /** Text here is not visible. */
  get hidden(): boolean {
    return (this.#state & HIDDEN) !== 0;
  }

  /** Within a `template`: nothing here is part of the document. */
  get inert(): boolean {
    return (this.#state & INERT) !== 0;
  }

  get foreign(): boolean {
    return (this.#state & FOREIGN) !== 0;
  }

  /** The part of the page that text here belongs to. */
  get region(): TextRegion {
    const state = this.#state;
    if ((state & (POSITION_MASK | APART)) !== 0) return TEXT_REGION.apart;
    if ((state & FORM) !== 0) return TEXT_REGION.form;
    if ((state & MAIN) !== 0) return TEXT_REGION.main;
    return (state & ARTICLE) !== 0 ? TEXT_REGION.article : TEXT_REGION.plain;
  }

  /** Opens an element. `rolePosition` is what its `role` says. A plain `template` is `inert`; a declarative shadow root is not. */
  open(tag: TagInfo, rolePosition: LinkPosition | null, inert: boolean): void {
    if (this.#tags.length >= MAX_DEPTH) {
      this.#beyond++;
      return;
    }
    this.#tags.push(tag);
    this.#states.push(this.#state);
    this.#state = this.#within(tag, rolePosition, inert);
  }

  /** Closes the innermost open `tag` and all within it; returns whether there was one in reach. */
  close(tag: TagInfo): boolean {
    if (this.#beyond > 0) {
      this.#beyond--;
      return false;
    }
    for (let i = this.#tags.length - 1; i >= 0; i--) {
      const open = this.#tags[i];
      if (open === tag) {
        this.#cut(i);
        return true;
      }
      if (open?.barrier === true) return false;
    }
    return false;
  }

  /** Leaves SVG and MathML, as an HTML element met there does. */
  leaveForeign(): void {
    let i = this.#tags.length;
    while (i > 0 && (this.#stateAt(i) & FOREIGN) !== 0) i--;
    this.#cut(i);
  }

  #within(tag: TagInfo, rolePosition: LinkPosition | null, inert: boolean): number {
    const foreign = (this.#state & FOREIGN) !== 0;
    let state = this.#state;
    if (tag.foreign) state |= FOREIGN;
    else if (foreign && tag.integration) state &= ~FOREIGN;
    if (tag.hidden || (foreign && tag.name === 'desc')) state |= HIDDEN;
    if (inert) state |= INERT | HIDDEN;
    if (tag.name === 'main' || rolePosition === 'content') state = (state | MAIN) & ~FORM;
    if (tag.name === 'article') state |= ARTICLE;
    if (tag.name === 'form') state |= FORM;
    if (tag.name === 'noscript') state |= APART;
    const position = rolePosition ?? this.#landmark(tag);
    if (position !== null) state = (state & ~POSITION_MASK) | LINK_POSITIONS.indexOf(position);
    return tag.sectioning ? state | SECTIONED : state;
  }

  /** `header` and `footer` are landmarks of the page only outside sectioning content (HTML-AAM). */
  #landmark(tag: TagInfo): LinkPosition | null {
    const pageLevel = (this.#state & SECTIONED) === 0;
    return pageLevel || (tag.name !== 'header' && tag.name !== 'footer') ? tag.position : null;
  }

  /** The state within the first `depth` elements. */
  #stateAt(depth: number): number {
    return depth === this.#tags.length ? this.#state : (this.#states[depth] ?? 0);
  }

  #cut(depth: number): void {
    if (depth >= this.#tags.length) return;
    this.#state = this.#stateAt(depth);
    // One by one, as nearly always there is one: setting a length is a call out of compiled code.
    while (this.#tags.length > depth) {
      this.#tags.pop();
      this.#states.pop();
    }
  }
}
