import type { BodySink } from '../fetch/fetch-request.js';
import type { ResponseHead } from '../fetch/response-head.js';
import type { PageContent } from '../parse/page-content.js';
import { createPageParser, type PageParser } from '../parse/page-parser.js';

const HTML_TYPE = /^\s*(?:text\/html|application\/xhtml\+xml)\s*(?:;|$)/i;

/** Takes the body of an answer into the parser, if it is HTML; says no to any other body. */
export class HtmlSink implements BodySink {
  readonly #url: string;
  #parser: PageParser | null = null;
  #content: PageContent | null = null;
  #parseMs = 0;

  constructor(url: string) {
    this.#url = url;
  }

  /** A redirect's body is for people without a browser; no crawler reads it. */
  accept(head: ResponseHead): BodySink | null {
    if (head.status >= 300 && head.status < 400) return null;
    if (head.contentType === null || !HTML_TYPE.test(head.contentType)) return null;
    this.#parser = createPageParser({ url: this.#url, contentType: head.contentType, headers: head.headers });
    return this;
  }

  write(chunk: Uint8Array): void {
    const start = performance.now();
    this.#parser?.write(chunk);
    this.#parseMs += performance.now() - start;
  }

  end(): void {
    const start = performance.now();
    this.#content = this.#parser?.end() ?? null;
    this.#parseMs += performance.now() - start;
  }

  get content(): PageContent | null {
    return this.#content;
  }

  /** Milliseconds spent in the parser. */
  get parseMs(): number {
    return this.#parseMs;
  }
}
