import { type ByteDecoder, createByteDecoder } from './byte-decoder.js';
import { bomLength, CHARSET_PRESCAN_BYTES, decideCharset, type PageCharset } from './charset.js';
import { readHeaders } from './header-facts.js';
import { HtmlReader } from './html-reader.js';
import type { PageContent } from './page-content.js';
import { PageDraft } from './page-draft.js';
import type { VisibleTextSummary } from './visible-text.js';

export interface PageParserInput {
  /** The page's own normalised http(s) URL: references resolve against it. */
  readonly url: string;
  /** The Content-Type header, for its `charset`. */
  readonly contentType: string | null;
  /** Response headers; Link, X-Robots-Tag and Refresh are read. */
  readonly headers: readonly (readonly [string, string])[];
  /** Links kept per page; the others are only counted, repeats before new pages. Default 10,000. */
  readonly maxLinks?: number;
}

/**
 * Reads one HTML document from its decompressed bytes. `write` may be called any number of times with any
 * cut; `end` returns the record, the same one when called again. Neither throws, whatever the bytes are.
 */
export interface PageParser {
  write(chunk: Uint8Array): void;
  end(): PageContent;
}

const DEFAULT_MAX_LINKS = 10_000;
/**
 * Bytes decoded at a time. A text of more than 128 kB is memory of its own to V8, taken from the system and given back for
 * each page; what is smaller stands where the page before it stood.
 */
const PIECE = 32_768;
/** Where a piece is cut if that is near: behind it no tag waits for the next piece. */
const GT = 0x3e;
const NEAR = 4_096;

/** A parser for one document. Its memory is bounded by the caps on links and texts, not by the document. */
export function createPageParser(input: PageParserInput): PageParser {
  return new StreamingPageParser(input);
}

class StreamingPageParser implements PageParser {
  readonly #contentType: string | null;
  readonly #draft: PageDraft;
  readonly #reader: HtmlReader;
  #length = 0;
  /** First bytes, held until there are enough to settle the encoding. */
  #head: Uint8Array[] = [];
  #headLength = 0;
  #charset: PageCharset | null = null;
  #decoder: ByteDecoder | null = null;
  #content: PageContent | null = null;

  constructor(input: PageParserInput) {
    this.#contentType = input.contentType;
    this.#draft = new PageDraft(input.url, input.maxLinks ?? DEFAULT_MAX_LINKS);
    readHeaders(this.#draft, input.headers);
    this.#reader = new HtmlReader(this.#draft);
  }

  write(chunk: Uint8Array): void {
    if (this.#content !== null || chunk.length === 0) return;
    if (this.#decoder !== null) {
      this.#decode(this.#decoder, chunk);
      return;
    }
    this.#headLength += chunk.length;
    const enough = this.#headLength >= CHARSET_PRESCAN_BYTES;
    // Held bytes are copied, since the caller may use the chunk's memory again.
    this.#head.push(enough ? chunk : new Uint8Array(chunk));
    if (enough) this.#start();
  }

  end(): PageContent {
    if (this.#content !== null) return this.#content;
    const decoder = this.#decoder ?? this.#start();
    this.#read(decoder.end());
    const text = this.#reader.end();
    const charset = this.#charset ?? { name: 'utf-8', source: 'default' };
    this.#content = pageContent(this.#draft, charset, this.#length, text);
    return this.#content;
  }

  #read(text: string): void {
    this.#length += text.length;
    this.#reader.write(text);
  }

  #start(): ByteDecoder {
    const [first] = this.#head;
    const head = this.#head.length === 1 && first !== undefined ? first : Buffer.concat(this.#head);
    this.#head = [];
    const charset = decideCharset(head, this.#contentType);
    const decoder = createByteDecoder(charset.name);
    this.#charset = charset;
    this.#decoder = decoder;
    this.#decode(decoder, head.subarray(bomLength(head, charset.name)));
    return decoder;
  }

  #decode(decoder: ByteDecoder, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const end = pieceEnd(bytes, at);
      this.#read(decoder.write(bytes.subarray(at, end)));
      at = end;
    }
  }
}

function pieceEnd(bytes: Uint8Array, at: number): number {
  if (bytes.length - at <= PIECE) return bytes.length;
  const found = bytes.subarray(at + PIECE - NEAR, at + PIECE).lastIndexOf(GT);
  return found < 0 ? at + PIECE : at + PIECE - NEAR + found + 1;
}

/** Resolves the draft's references and lays it out as the record. */
function pageContent(
  draft: PageDraft,
  charset: PageCharset,
  length: number,
  text: VisibleTextSummary,
): PageContent {
  const { links, truncated } = draft.resolve();
  const card = draft.twitter.find(({ name }) => name === 'twitter:card');
  return {
    document: {
      charset,
      lang: draft.lang,
      baseUrl: draft.baseUrl,
      generator: draft.generator,
      viewport: draft.viewport,
      doctype: draft.doctype,
      declaredCharset: draft.declaredCharset,
      contentLanguage: draft.contentLanguage,
      headEndedEarlyBy: draft.headEndedEarlyBy,
      length,
    },
    relations: draft.relations,
    structuredData: draft.structured.end(),
    resources: { inlineScripts: draft.inlineScripts, fontPreloads: draft.fontPreloads },
    indexing: {
      robots: draft.robots,
      canonicals: draft.canonicals,
      hreflangs: draft.hreflangs,
      refresh: draft.refresh,
    },
    head: {
      titles: { items: draft.titles.items, count: draft.titles.count },
      descriptions: { items: draft.descriptions.items, count: draft.descriptions.count },
      openGraph: draft.openGraph,
      twitter: draft.twitter,
      twitterCard: card?.content ?? null,
    },
    headings: {
      h1s: { items: draft.h1s.items, count: draft.h1s.count },
      h2s: { items: draft.h2s.items, count: draft.h2s.count },
      outline: draft.outline,
    },
    text,
    images: {
      count: draft.imageCount,
      missingAlt: draft.missingAlt,
      emptyAlt: draft.emptyAlt,
      missingDimensions: draft.missingDimensions,
    },
    links,
    linksTruncated: truncated,
  };
}
