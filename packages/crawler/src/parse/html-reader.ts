import { AttributeSlots } from './attribute-slots.js';
import { cleanText, shortText } from './clean-text.js';
import { readElement } from './element-facts.js';
import type { Place } from './element-place.js';
import { HeadBoundary } from './head-boundary.js';
import { HtmlTokenizer } from './html-tokenizer.js';
import type { DraftLink } from './link-list.js';
import { OpenElements } from './open-elements.js';
import type { PageDraft } from './page-draft.js';
import type { LinkPosition } from './page-link.js';
import { findTag, positionOfRole, type TagInfo } from './tag-table.js';
import { TextCollector } from './text-collector.js';
import type { RawContent, TokenHandler } from './token-handler.js';
import { VisibleText, type VisibleTextSummary } from './visible-text.js';

const MAX_ANCHOR_TEXT = 512;
const MAX_TEXT = 1_024;

/**
 * Reads HTML text into a page draft, token by token: no tree is built, since most of a page matters to the
 * record only as a border between words. Rules of tree construction are applied where they change which
 * links, texts and positions there are.
 */
export class HtmlReader implements TokenHandler, Place {
  readonly #draft: PageDraft;
  readonly #tokenizer: HtmlTokenizer;
  readonly #attributes = new AttributeSlots();
  readonly #open = new OpenElements();
  readonly #text = new VisibleText();
  /** The start tag being read; null for an element that plays no part. */
  #tag: TagInfo | null = null;
  /** Microdata may stand on any element. */
  readonly wantsAttributes = true;
  readonly #head = new HeadBoundary();
  #formOpen = false;
  #title: { text: TextCollector; inHead: boolean } | null = null;
  #heading: { text: TextCollector; level: number } | null = null;
  #anchor: { text: TextCollector; link: DraftLink } | null = null;

  constructor(draft: PageDraft) {
    this.#draft = draft;
    this.#tokenizer = new HtmlTokenizer(this);
  }

  write(text: string): void {
    this.#tokenizer.write(text);
  }

  /** Ends the document; texts still open count up to here. */
  end(): VisibleTextSummary {
    this.#tokenizer.end();
    this.#endTitle();
    this.#endHeading();
    this.#endAnchor();
    const endedEarlyBy = this.#head.endedEarlyBy;
    this.#draft.headEndedEarlyBy = endedEarlyBy === null ? null : cleanText(endedEarlyBy);
    return this.#text.end();
  }

  onText(text: string, from: number, to: number): void {
    if (this.#open.hidden) {
      this.#title?.text.add(text, from, to);
      this.#draft.structured.addText(text, from, to);
      return;
    }
    if (this.#head.open && holdsText(text, from, to)) this.#head.text();
    this.#text.add(text, from, to, this.#open.region);
    this.#anchor?.text.add(text, from, to);
    this.#heading?.text.add(text, from, to);
  }

  onStartTagName(text: string, from: number, to: number): void {
    this.#tag = findTag(text, from, to);
    this.#attributes.begin(this.#tag?.attributes ?? 0);
    if (this.#tag === null && this.#head.open) {
      this.#head.startTag(text.slice(from, to), false, this.#open.inert);
    }
  }

  onAttributeName(text: string, from: number, to: number): boolean {
    return this.#attributes.beginValue(text, from, to);
  }

  onAttributeValue(value: string): void {
    this.#attributes.endValue(value);
  }

  onStartTagEnd(selfClosing: boolean): RawContent | null {
    if (this.#attributes.marksItem && !this.#open.inert) this.#draft.structured.readElement(this.#attributes);
    const tag = this.#tag;
    if (tag === null) return null;
    this.#tag = null;
    // Only in SVG and MathML does `/>` close; HTML reads it as a plain start tag.
    const closes = selfClosing && ((this.#open.foreign && !tag.breakout) || tag.foreign);
    const raw = this.#open.foreign && !tag.breakout ? null : tag.raw;
    this.#openElement(tag);
    if (closes && tag.tracked) this.#closeElement(tag);
    return raw;
  }

  onEndTag(text: string, from: number, to: number): void {
    const tag = findTag(text, from, to);
    if (tag !== null) this.#closeElement(tag);
  }

  onDeclaration(content: string): void {
    if (this.#head.untouched) this.#draft.offerDoctype(content);
  }

  /** Where the element being read stands; asked for by the functions that read elements. */
  get position(): LinkPosition {
    return this.#open.position;
  }

  get inHead(): boolean {
    return this.#head.inside;
  }

  get inHeadNoscript(): boolean {
    return this.#head.inNoscript;
  }

  get foreign(): boolean {
    return this.#open.foreign;
  }

  #openElement(tag: TagInfo): void {
    const open = this.#open;
    if (open.foreign && tag.breakout) open.leaveForeign();
    if (this.#head.open) this.#head.startTag(tag.name, tag.head, open.inert);
    if (tag.block) this.#breakWords();
    if (tag.endsAnchor || tag.name === 'a') this.#endAnchor();
    if (tag.heading > 0) this.#beginHeading(tag.heading);
    if (tag.reads && !open.inert) this.#readElement(tag);
    if (tag.name === 'title' && !open.foreign && !open.inert) {
      this.#title = { text: new TextCollector(), inHead: this.#head.inside };
    }
    if (tag.tracked) this.#track(tag);
  }

  #closeElement(tag: TagInfo): void {
    if (tag.block) this.#breakWords();
    if (tag.endsAnchor || tag.name === 'a') this.#endAnchor();
    if (tag.heading > 0) this.#endHeading();
    if (tag.name === 'title') this.#endTitle();
    if (tag.name === 'script') this.#draft.structured.endScript();
    this.#head.endTag(tag.name);
    if (tag.name === 'form') this.#formOpen = false;
    if (tag.tracked) this.#open.close(tag);
  }

  #track(tag: TagInfo): void {
    const role = this.#attributes.get('role');
    const inert = tag.name === 'template' && this.#attributes.get('shadowrootmode') === null;
    this.#open.open(tag, role === null ? null : positionOfRole(role), inert);
  }

  #readElement(tag: TagInfo): void {
    if (this.#open.foreign && !tag.svg) return;
    if (tag.name === 'form') {
      // A form within a form is ignored (HTML standard, 13.2.6.4.7).
      if (this.#formOpen) return;
      this.#formOpen = true;
    }
    const link = readElement(this.#draft, tag.name, this.#attributes, this);
    if (link !== null) this.#anchor = { text: new TextCollector(), link };
    else if (tag.name === 'img') this.#offerAltText();
  }

  /** An image within an anchor speaks for it. */
  #offerAltText(): void {
    const alt = this.#attributes.get('alt');
    if (this.#anchor !== null && alt !== null && alt.trim() !== '') {
      this.#anchor.link.altText ??= shortText(alt, MAX_ANCHOR_TEXT);
    }
  }

  #breakWords(): void {
    this.#text.break();
    this.#anchor?.text.add(' ', 0, 1);
    this.#heading?.text.add(' ', 0, 1);
  }

  #beginHeading(level: number): void {
    this.#endHeading();
    if (!this.#open.hidden) this.#draft.noteHeading(level);
    if (level <= 2 && !this.#open.hidden) this.#heading = { text: new TextCollector(), level };
  }

  #endHeading(): void {
    if (this.#heading === null) return;
    const list = this.#heading.level === 1 ? this.#draft.h1s : this.#draft.h2s;
    list.add(this.#heading.text.measured(MAX_TEXT, false));
    this.#heading = null;
  }

  #endTitle(): void {
    if (this.#title === null) return;
    const { text, inHead } = this.#title;
    this.#draft.titles.add(text.measured(MAX_TEXT, inHead));
    this.#title = null;
  }

  #endAnchor(): void {
    if (this.#anchor === null) return;
    this.#anchor.link.anchorText = this.#anchor.text.text(MAX_ANCHOR_TEXT);
    this.#anchor = null;
  }
}

/** True when the range holds more than white space, so that it cannot stand in the head. */
function holdsText(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (text.charCodeAt(i) > 0x20) return true;
  return false;
}
