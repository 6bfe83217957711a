import type { PageContent } from '../parse/page-content.js';
import { createPageParser, type PageParser, type PageParserInput } from '../parse/page-parser.js';
import type { OpenDocument } from './reading.js';

/** A document that is parsed as it comes in, in the thread that it comes to. */
export class ParsedDocument implements OpenDocument {
  readonly #parser: PageParser;
  #content: PageContent | null = null;
  #parseMs = 0;

  constructor(input: PageParserInput) {
    this.#parser = createPageParser(input);
  }

  write(chunk: Uint8Array): void {
    const start = performance.now();
    this.#parser.write(chunk);
    this.#parseMs += performance.now() - start;
  }

  end(): void {
    const start = performance.now();
    this.#content = this.#parser.end();
    this.#parseMs += performance.now() - start;
  }

  discard(): void {}

  get content(): PageContent | null {
    return this.#content;
  }

  /** Milliseconds spent in the parser. */
  get parseMs(): number {
    return this.#parseMs;
  }
}
