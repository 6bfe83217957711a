/**
 * Follows where the head of a document ends, as the tree construction of the HTML standard has it (13.2.6.4.3
 * to 13.2.6.4.7). It ends at the first start tag of an element that may not stand in it, at text, and at the end
 * tags `body`, `html` and `br`; not at `</head>`, behind which `link`, `meta` and their like still join the head.
 * A `noscript` in the head is text to a browser that runs scripts: what it holds neither ends the head nor
 * stands in it. Nor does what is in a `template`. Behind `</head>` a `noscript` begins the body.
 */
export class HeadBoundary {
  #open = true;
  #inNoscript = false;
  /** No tag and no text has come yet: a doctype still counts. */
  #untouched = true;
  #endTagSeen = false;
  #endedBy: string | null = null;
  #endedEarlyBy: string | null = null;

  /** Whether a start tag or text can still end the head. */
  get open(): boolean {
    return this.#open;
  }

  /** Whether an element met here becomes part of the head. */
  get inside(): boolean {
    return this.#open && !this.#inNoscript;
  }

  get inNoscript(): boolean {
    return this.#inNoscript;
  }

  get untouched(): boolean {
    return this.#untouched;
  }

  /** What ended the head before its own end tag: an element, `#text`, or an end tag such as `/body`; else null. */
  get endedEarlyBy(): string | null {
    return this.#endedEarlyBy;
  }

  /** A start tag; `belongs` when its element may stand in the head, `inert` within a `template`. */
  startTag(name: string, belongs: boolean, inert: boolean): void {
    this.#untouched = false;
    if (!this.#open || inert || this.#inNoscript) return;
    if (name === 'noscript' && !this.#endTagSeen) this.#inNoscript = true;
    else if (name === 'noscript' || !belongs) this.#end(name.toLowerCase());
  }

  endTag(name: string): void {
    if (name === 'noscript') {
      this.#inNoscript = false;
    } else if (name === 'head') {
      if (this.#inNoscript) return;
      if (!this.#endTagSeen) this.#endedEarlyBy = this.#endedBy;
      this.#endTagSeen = true;
    } else if (this.#open && !this.#inNoscript && (name === 'body' || name === 'html' || name === 'br')) {
      this.#end(`/${name}`);
    }
  }

  /** Text that is not only white space. */
  text(): void {
    this.#untouched = false;
    if (this.#open && !this.#inNoscript) this.#end('#text');
  }

  #end(by: string): void {
    this.#open = false;
    this.#endedBy = by;
  }
}
