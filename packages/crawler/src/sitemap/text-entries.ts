import type { SitemapFormat } from '@outrider/shared';
import type { EntryReader, EntryReaderOptions } from './sitemap-entry.js';

/** Lines without a URL before the first with one: a page of prose is no sitemap. */
const MAX_PREAMBLE = 20;

/**
 * Reads a text sitemap: one URL a line. A line longer than the limit is no URL and is passed over without
 * being gathered, so that a file without line breaks takes no memory.
 */
export class TextEntries implements EntryReader {
  readonly #options: EntryReaderOptions;
  #line = '';
  #format: SitemapFormat | null = null;
  #preamble = 0;
  #over = false;

  constructor(options: EntryReaderOptions) {
    this.#options = options;
  }

  get format(): SitemapFormat | null {
    return this.#format;
  }

  write(text: string): void {
    let start = 0;
    while (!this.#over) {
      const at = nextBreak(text, start);
      this.#gather(text.slice(start, at === -1 ? undefined : at));
      if (at === -1) return;
      this.#finishLine();
      start = at + 1;
    }
  }

  end(cut: boolean): void {
    if (this.#over) return;
    if (!cut) this.#finishLine();
    if (this.#over || this.#format !== null || cut) return;
    this.#refuse();
  }

  #gather(piece: string): void {
    const room = this.#options.limits.maxValueLength + 1 - this.#line.length;
    if (room > 0) this.#line += piece.slice(0, room);
  }

  #finishLine(): void {
    const loc = this.#line.trim();
    this.#line = '';
    if (loc === '') return;
    if (this.#format === null) {
      if (!/^https?:\/\//i.test(loc)) {
        this.#preamble += 1;
        if (this.#preamble >= MAX_PREAMBLE) this.#refuse();
        return;
      }
      this.#format = 'text';
    }
    this.#options.onEntry({ loc, lastmod: null, changefreq: null, priority: null, alternates: [] });
  }

  #refuse(): void {
    this.#over = true;
    this.#options.onProblem({
      code: 'sitemap_unknown_format',
      message: 'the file is neither XML nor a list of URLs',
    });
  }
}

const BREAK = /[\r\n]/g;

/** The next line feed or carriage return, or -1. */
function nextBreak(text: string, start: number): number {
  BREAK.lastIndex = start;
  return BREAK.exec(text)?.index ?? -1;
}
