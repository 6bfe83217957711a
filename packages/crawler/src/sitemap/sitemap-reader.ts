import type { SitemapFormat } from '@outrider/shared';
import { type ByteDecoder, createByteDecoder } from '../parse/byte-decoder.js';
import {
  type EntryReader,
  SITEMAP_LIMITS,
  type SitemapEntry,
  type SitemapLimits,
  type SitemapProblem,
} from './sitemap-entry.js';
import { TextEntries } from './text-entries.js';
import { XmlEntries } from './xml-entries.js';

export interface SitemapReaderOptions {
  /** Called for each entry as it is read, at most `limits.maxUrls` times. */
  readonly onEntry: (entry: SitemapEntry) => void;
  /** Milliseconds since the epoch: a `lastmod` in the future is none. */
  readonly now?: () => number;
  readonly limits?: Partial<SitemapLimits>;
}

/** What became of a file. With a problem and entries, its beginning counts; with a problem and none, nothing does. */
export interface SitemapReport {
  readonly format: SitemapFormat | null;
  readonly entries: number;
  /** Bytes read, decompressed. */
  readonly bytes: number;
  readonly problem: SitemapProblem | null;
}

/** Bytes in which a byte order mark and an XML declaration must stand. */
const HEAD_BYTES = 256;

/**
 * Reads one sitemap file: bytes in, entries out, nothing else. Formats: sitemaps.org `urlset` and
 * `sitemapindex`, RSS 2.0, Atom, and text with one URL a line; told apart by what they hold, since servers
 * seldom send the right Content-Type. UTF-8 unless a byte order mark or the XML declaration says otherwise.
 * Memory stays at a chunk and an entry, whatever the file. Never throws.
 */
export class SitemapReader {
  readonly #options: SitemapReaderOptions;
  readonly #limits: SitemapLimits;
  #head: Uint8Array | null = new Uint8Array(0);
  #decoder: ByteDecoder | null = null;
  #entries: EntryReader | null = null;
  #count = 0;
  #bytes = 0;
  #problem: SitemapProblem | null = null;
  #ended = false;

  constructor(options: SitemapReaderOptions) {
    this.#options = options;
    this.#limits = { ...SITEMAP_LIMITS, ...options.limits };
  }

  /** Whether more bytes would change anything: false once a limit is reached or the file turned out to be none. */
  get wantsMore(): boolean {
    return !this.#ended && this.#problem === null;
  }

  get format(): SitemapFormat | null {
    return this.#entries?.format ?? null;
  }

  /** The next bytes, decompressed. They are not kept. */
  write(chunk: Uint8Array): void {
    if (!this.wantsMore) return;
    const room = this.#limits.maxBytes - this.#bytes;
    const bytes = chunk.length > room ? chunk.subarray(0, room) : chunk;
    this.#bytes += bytes.length;
    this.#take(bytes);
    if (chunk.length > room && this.#problem === null) {
      this.#entries?.end(true);
      this.#fail({ code: 'sitemap_too_large', message: `it is larger than ${this.#limits.maxBytes} bytes` });
    }
  }

  /** The file is over. `cut`: by a broken connection or a limit, of which the caller knows more. */
  end(cut: boolean): SitemapReport {
    if (!this.#ended) {
      if (this.#head !== null) this.#begin(this.#head);
      if (this.#decoder !== null && this.#problem === null) this.#read(this.#decoder.end());
      if (this.#problem === null) this.#entries?.end(cut);
      if (this.#entries === null && !cut) {
        this.#fail({ code: 'sitemap_unknown_format', message: 'the file is empty' });
      }
      this.#ended = true;
    }
    return { format: this.format, entries: this.#count, bytes: this.#bytes, problem: this.#problem };
  }

  #fail(problem: SitemapProblem): void {
    this.#problem ??= problem;
  }

  #take(bytes: Uint8Array): void {
    if (this.#head === null) {
      this.#read(this.#decoder?.write(bytes) ?? '');
      return;
    }
    const head = Buffer.concat([this.#head, bytes]);
    if (head.length >= HEAD_BYTES) this.#begin(head);
    else this.#head = head;
  }

  #begin(head: Uint8Array): void {
    this.#head = null;
    this.#decoder = createByteDecoder(encodingOf(head));
    this.#read(this.#decoder.write(head));
  }

  #read(text: string): void {
    if (this.#entries === null) {
      const start = text.replace(/^[\ufeff\s]+/, '');
      if (start === '') return;
      this.#entries = this.#createEntries(start.startsWith('<'));
      this.#entries.write(start);
      return;
    }
    this.#entries.write(text);
  }

  #createEntries(isXml: boolean): EntryReader {
    const options = {
      limits: this.#limits,
      now: this.#options.now ?? Date.now,
      onEntry: (entry: SitemapEntry) => this.#entry(entry),
      onProblem: (problem: SitemapProblem) => this.#fail(problem),
    };
    return isXml ? new XmlEntries(options) : new TextEntries(options);
  }

  #entry(entry: SitemapEntry): void {
    if (this.#problem !== null) return;
    if (this.#count >= this.#limits.maxUrls) {
      this.#fail({
        code: 'sitemap_too_many_urls',
        message: `it names more than ${this.#limits.maxUrls} URLs`,
      });
      return;
    }
    this.#count += 1;
    this.#options.onEntry(entry);
  }
}

/** The encoding by byte order mark, else by the XML declaration, else UTF-8; by its WHATWG name. */
function encodingOf(head: Uint8Array): string {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  if (head[0] === 0xef && head[1] === 0xbb) return 'utf-8';
  const start = Buffer.from(head.subarray(0, HEAD_BYTES)).toString('latin1');
  const label = /^\s*<\?xml[^>]{0,200}\sencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']/.exec(start)?.[1];
  if (label === undefined) return 'utf-8';
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return 'utf-8';
  }
}
