/** An element whose content is text up to its end tag. */
export interface RawContent {
  /** Name of the end tag, in lower case; null when nothing ends it (`plaintext`). */
  readonly endTag: string | null;
  /** Character references count. */
  readonly decodes: boolean;
}

/**
 * What a document is made of, in order. Texts and names are ranges of a string that lives only for the call;
 * a text may come in any number of pieces.
 */
export interface TokenHandler {
  /** Text, character references decoded. */
  onText(text: string, from: number, to: number): void;
  /** An empty range for a name too long to be one. */
  onStartTagName(text: string, from: number, to: number): void;
  /** Whether the start tag being read has attributes that matter; else they are skipped unread. */
  readonly wantsAttributes: boolean;
  /** Returns whether the value is wanted. */
  onAttributeName(text: string, from: number, to: number): boolean;
  /** The value of a wanted attribute, decoded; `''` for one without. At most MAX_ATTRIBUTE UTF-16 units. */
  onAttributeValue(value: string): void;
  /** The start tag is complete; returns how its content is read, null for markup. */
  onStartTagEnd(selfClosing: boolean): RawContent | null;
  onEndTag(text: string, from: number, to: number): void;
  /** The inside of a `<!…>` that is no comment, at most 256 characters: the document type. */
  onDeclaration(content: string): void;
  /** Whether SVG or MathML is open, where CDATA sections are text. */
  readonly foreign: boolean;
}
