import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';
import { AttributeSlots } from './attribute-slots.js';
import { ChunkWindow } from './chunk-window.js';
import { readElement } from './element-facts.js';
import type { Place } from './element-place.js';
import type { DraftLink } from './link-list.js';
import { OpenElements } from './open-elements.js';
import { type PageDraft, shortText } from './page-draft.js';
import type { LinkPosition } from './page-link.js';
import { positionOfRole, type TagInfo, tagInfo } from './tag-table.js';
import { TextCollector } from './text-collector.js';
import { VisibleText, type VisibleTextSummary } from './visible-text.js';

const MAX_ANCHOR_TEXT = 512;
const MAX_TEXT = 1_024;
/** Tag and attribute names beyond this many characters are none that matter. */
const MAX_NAME = 64;

/**
 * Reads HTML text into a page draft. It sits on htmlparser2's tokenizer rather than on its parser: the parser
 * makes an object for every tag, a string for every text and attribute, and shifts an array as deep as the
 * document for every element, while most of a page matters to the record only as a border between words.
 * Rules of tree construction are applied where they change which links, texts and positions there are.
 */
export class HtmlReader implements TokenizerCallbacks, Place {
  readonly #draft: PageDraft;
  readonly #tokenizer: Tokenizer;
  readonly #window = new ChunkWindow();
  readonly #attributes = new AttributeSlots();
  readonly #open = new OpenElements();
  readonly #text = new VisibleText();
  /** The start tag being read; null for an element that plays no part. */
  #tag: TagInfo | null = null;
  #consumed = 0;
  #inHead = true;
  #formOpen = false;
  #title: { text: TextCollector; inHead: boolean } | null = null;
  #heading: { text: TextCollector; level: number } | null = null;
  #anchor: { text: TextCollector; link: DraftLink } | null = null;

  constructor(draft: PageDraft) {
    this.#draft = draft;
    this.#tokenizer = new Tokenizer({}, this);
  }

  write(text: string): void {
    if (text === '') return;
    this.#window.push(text, this.#consumed);
    this.#tokenizer.write(text);
  }

  /** Ends the document; texts still open count up to here. */
  end(): VisibleTextSummary {
    this.#tokenizer.end();
    this.#endTitle();
    this.#endHeading();
    this.#endAnchor();
    return this.#text.end();
  }

  isInForeignContext(): boolean {
    return this.#open.foreign;
  }

  ontext(start: number, end: number): void {
    this.#consumed = end;
    const { chunk, chunkStart } = this.#window;
    if (start >= chunkStart) this.#takeText(chunk, start - chunkStart, end - chunkStart);
    else this.#takeWholeText(this.#window.slice(start, end));
  }

  ontextentity(codepoint: number, end: number): void {
    this.#consumed = end;
    this.#takeWholeText(String.fromCodePoint(codepoint));
  }

  oncdata(start: number, end: number, endOffset: number): void {
    this.#consumed = end;
    if (this.#open.foreign) this.#takeWholeText(this.#window.slice(start, end - endOffset));
  }

  onopentagname(start: number, end: number): void {
    this.#consumed = end;
    this.#tag = end - start > MAX_NAME ? null : tagInfo(this.#window.slice(start, end));
    this.#attributes.begin(this.#tag?.attributes ?? 0);
    if (this.#tag === null) this.#inHead = false;
  }

  onattribname(start: number, end: number): void {
    this.#consumed = end;
    if (!this.#attributes.wanted) return;
    this.#attributes.beginValue(end - start > MAX_NAME ? '' : this.#window.slice(start, end));
  }

  onattribdata(start: number, end: number): void {
    this.#consumed = end;
    const { room } = this.#attributes;
    if (room > 0) this.#attributes.append(this.#window.slice(start, Math.min(end, start + room)));
  }

  onattribentity(codepoint: number): void {
    if (this.#attributes.room > 1) this.#attributes.append(String.fromCodePoint(codepoint));
  }

  onattribend(): void {
    this.#attributes.endValue();
  }

  onopentagend(end: number): void {
    this.#consumed = end;
    const tag = this.#tag;
    this.#tag = null;
    if (tag !== null) this.#openElement(tag);
  }

  onselfclosingtag(end: number): void {
    const tag = this.#tag;
    const selfCloses = (this.#open.foreign && tag?.breakout === false) || tag?.foreign === true;
    this.onopentagend(end);
    // Only in SVG and MathML does `/>` close; HTML reads it as a plain start tag.
    if (tag?.tracked === true && selfCloses) this.#closeElement(tag);
  }

  onclosetag(start: number, end: number): void {
    this.#consumed = end;
    const tag = end - start > MAX_NAME ? null : tagInfo(this.#window.slice(start, end));
    if (tag !== null) this.#closeElement(tag);
  }

  oncomment(_start: number, end: number): void {
    this.#consumed = end;
  }

  ondeclaration(_start: number, end: number): void {
    this.#consumed = end;
  }

  onprocessinginstruction(_start: number, end: number): void {
    this.#consumed = end;
  }

  onend(): void {
    this.#attributes.begin(0);
  }

  /** Where the element being read stands; asked for by the functions that read elements. */
  get position(): LinkPosition {
    return this.#open.position;
  }

  get inHead(): boolean {
    return this.#inHead;
  }

  get foreign(): boolean {
    return this.#open.foreign;
  }

  #openElement(tag: TagInfo): void {
    const open = this.#open;
    if (open.foreign && tag.breakout) open.leaveForeign();
    if (!tag.head) this.#inHead = false;
    if (tag.block) this.#breakWords();
    if (tag.endsAnchor || tag.name === 'a') this.#endAnchor();
    if (tag.heading > 0) this.#beginHeading(tag.heading);
    if (tag.reads && !open.inert) this.#readElement(tag);
    if (tag.name === 'title' && !open.foreign && !open.inert) {
      this.#title = { text: new TextCollector(), inHead: this.#inHead };
    }
    if (tag.tracked) this.#track(tag);
  }

  #closeElement(tag: TagInfo): void {
    if (tag.block) this.#breakWords();
    if (tag.endsAnchor || tag.name === 'a') this.#endAnchor();
    if (tag.heading > 0) this.#endHeading();
    if (tag.name === 'title') this.#endTitle();
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

  #takeWholeText(text: string): void {
    this.#takeText(text, 0, text.length);
  }

  #takeText(text: string, from: number, to: number): void {
    if (this.#open.hidden) {
      this.#title?.text.add(text, from, to);
      return;
    }
    if (this.#inHead && holdsText(text, from, to)) this.#inHead = false;
    this.#text.add(text, from, to);
    this.#anchor?.text.add(text, from, to);
    this.#heading?.text.add(text, from, to);
  }

  #breakWords(): void {
    this.#text.break();
    this.#anchor?.text.add(' ', 0, 1);
    this.#heading?.text.add(' ', 0, 1);
  }

  #beginHeading(level: number): void {
    this.#endHeading();
    if (level <= 2 && !this.#open.hidden) this.#heading = { text: new TextCollector(), level };
  }

  #endHeading(): void {
    if (this.#heading === null) return;
    const list = this.#heading.level === 1 ? this.#draft.h1s : this.#draft.h2s;
    list.add({ ...this.#heading.text.end(MAX_TEXT), inHead: false });
    this.#heading = null;
  }

  #endTitle(): void {
    if (this.#title === null) return;
    const { text, inHead } = this.#title;
    this.#draft.titles.add({ ...text.end(MAX_TEXT), inHead });
    this.#title = null;
  }

  #endAnchor(): void {
    if (this.#anchor === null) return;
    this.#anchor.link.anchorText = this.#anchor.text.end(MAX_ANCHOR_TEXT).text;
    this.#anchor = null;
  }
}

/** True when the range holds more than white space, so that it cannot stand in the head. */
function holdsText(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (text.charCodeAt(i) > 0x20) return true;
  return false;
}
