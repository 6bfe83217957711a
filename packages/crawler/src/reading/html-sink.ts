import type { BodySink } from '../fetch/fetch-request.js';
import type { ResponseHead } from '../fetch/response-head.js';
import { binaryType, SNIFF_BYTES, sniffType } from '../fetch/sniff-type.js';
import type { OpenDocument, Reading } from './reading.js';

const HTML_TYPE = /^\s*(?:text\/html|application\/xhtml\+xml)\s*(?:;|$)/i;
/** Types that say nothing (MIME Sniffing standard, section 7, step 1), and what is no type at all. */
const NO_TYPE = /^\s*(?:unknown\/unknown|application\/unknown|\*\/\*|[^/;]*)\s*(?:;|$)/i;

/**
 * Takes the body of an answer into a document, if it is HTML; says no to any other body. A body without a type
 * is HTML when its first bytes look so; one that says it is HTML and begins as a PDF, an archive or a film is
 * not, and no more of it is read.
 */
export class HtmlSink implements BodySink {
  readonly #url: string;
  #head: ResponseHead | null = null;
  #document: OpenDocument | null = null;
  #sniffedType: string | null = null;
  #isUndecided = true;
  #isRefused = false;
  #held: Buffer[] = [];
  #heldBytes = 0;
  readonly #open: Reading['open'];

  constructor(url: string, open: Reading['open']) {
    this.#url = url;
    this.#open = open;
  }

  /** A redirect's body is for people without a browser; no crawler reads it. */
  accept(head: ResponseHead): BodySink | null {
    if (head.status >= 300 && head.status < 400) return null;
    if (!HTML_TYPE.test(head.contentType ?? '') && !NO_TYPE.test(head.contentType ?? '')) return null;
    this.#head = head;
    return this;
  }

  write(chunk: Uint8Array): void {
    if (!this.#isUndecided) this.#document?.write(chunk);
    else if (this.#heldBytes === 0 && chunk.length >= SNIFF_BYTES) this.#decide(chunk);
    else this.#hold(chunk);
  }

  end(): void {
    if (this.#isUndecided) this.#decide(Buffer.concat(this.#held));
    this.#document?.end();
  }

  /** No more of the body is wanted. */
  get isSatisfied(): boolean {
    return this.#isRefused;
  }

  /** Null while nothing says that the body is HTML. */
  get document(): OpenDocument | null {
    return this.#document;
  }

  /** What the first bytes are, where that was asked and is not what the server said. */
  get sniffedType(): string | null {
    return this.#sniffedType;
  }

  /** The type of a body that claimed to be HTML and is not. */
  get refusedType(): string | null {
    return this.#isRefused && HTML_TYPE.test(this.#head?.contentType ?? '') ? this.#sniffedType : null;
  }

  #hold(chunk: Uint8Array): void {
    // Copied, since the caller may use the chunk's memory again.
    this.#held.push(Buffer.from(chunk));
    this.#heldBytes += chunk.length;
    if (this.#heldBytes >= SNIFF_BYTES) this.#decide(Buffer.concat(this.#held));
  }

  #decide(first: Uint8Array): void {
    this.#isUndecided = false;
    this.#held = [];
    const head = this.#head;
    if (head === null) return;
    const isDeclared = HTML_TYPE.test(head.contentType ?? '');
    this.#sniffedType = isDeclared ? binaryType(first) : sniffType(first, !forbidsSniffing(head));
    this.#isRefused = this.#sniffedType !== null && this.#sniffedType !== 'text/html';
    if (this.#isRefused) return;
    this.#document = this.#open({ url: this.#url, contentType: head.contentType, headers: head.headers });
    this.#document.write(first);
  }
}

/** `X-Content-Type-Options: nosniff` (Fetch standard, section 3.6). */
function forbidsSniffing(head: ResponseHead): boolean {
  const value = head.headers.find(([name]) => name === 'x-content-type-options')?.[1];
  return value?.split(',', 1)[0]?.trim().toLowerCase() === 'nosniff';
}
