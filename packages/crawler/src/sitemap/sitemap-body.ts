import { ContentDecoder } from '../fetch/content-decoder.js';
import type { BodySink } from '../fetch/fetch-request.js';
import { SITEMAP_LIMITS, type SitemapProblem } from './sitemap-entry.js';
import type { SitemapReader, SitemapReport } from './sitemap-reader.js';

/** A file that is gzip after its Content-Encoding was undone, and once more: what servers that compress twice send. */
const MAX_LAYERS = 2;

/** Where a layer's bytes go. `cut`: they end early. */
interface ByteTarget {
  write(chunk: Uint8Array): void;
  end(cut: boolean): void;
}

/**
 * Takes the body of a fetched sitemap and feeds a reader, undoing gzip by what the bytes are: `.gz` files come
 * with and without Content-Encoding, and the name says nothing about either.
 */
export class SitemapBody implements BodySink {
  readonly #reader: SitemapReader;
  readonly #outer: GzipLayer;
  readonly #done: Promise<void>;
  #problem: SitemapProblem | null = null;
  #cut = false;
  #ended = false;

  constructor(reader: SitemapReader) {
    this.#reader = reader;
    let resolve = (): void => {};
    this.#done = new Promise((done) => {
      resolve = done;
    });
    const inner: ByteTarget = {
      write: (chunk) => reader.write(chunk),
      end: (cut) => {
        this.#cut ||= cut;
        resolve();
      },
    };
    const onProblem = (problem: SitemapProblem): void => {
      this.#problem ??= problem;
    };
    let target = inner;
    for (let layer = 1; layer < MAX_LAYERS; layer++) target = new GzipLayer(target, onProblem);
    this.#outer = new GzipLayer(target, onProblem);
  }

  write(chunk: Uint8Array): void {
    if (this.wantsMore) this.#outer.write(chunk);
  }

  end(): void {
    this.#finish(false);
  }

  get wantsMore(): boolean {
    return this.#problem === null && this.#reader.wantsMore;
  }

  /** What was read, once all that came is decompressed. `cut`: the fetch ended before the file did. */
  async report(cut: boolean): Promise<SitemapReport> {
    this.#finish(cut);
    await this.#done;
    const report = this.#reader.end(this.#cut);
    return { ...report, problem: report.problem ?? this.#problem };
  }

  #finish(cut: boolean): void {
    this.#cut ||= cut;
    if (this.#ended) return;
    this.#ended = true;
    this.#outer.end(cut);
  }
}

/** Passes bytes on, through a decompressor when the first two are those of gzip (RFC 1952, section 2.3.1). */
class GzipLayer implements ByteTarget {
  readonly #next: ByteTarget;
  readonly #onProblem: (problem: SitemapProblem) => void;
  #head: Buffer = Buffer.alloc(0);
  #decoder: ContentDecoder | null = null;
  #isPlain = false;
  #over = false;
  #cut = false;

  constructor(next: ByteTarget, onProblem: (problem: SitemapProblem) => void) {
    this.#next = next;
    this.#onProblem = onProblem;
  }

  write(chunk: Uint8Array): void {
    if (this.#over) return;
    if (this.#isPlain) this.#next.write(chunk);
    // The decompressor keeps what it is given, and the chunk is only lent.
    else if (this.#decoder !== null) this.#decoder.write(Buffer.from(chunk));
    else this.#start(Buffer.concat([this.#head, chunk]));
  }

  end(cut: boolean): void {
    this.#cut = cut;
    if (this.#over) return;
    if (this.#decoder !== null) {
      this.#decoder.end();
      return;
    }
    if (!this.#isPlain && this.#head.length > 0) this.#next.write(this.#head);
    this.#finish(cut);
  }

  #start(head: Buffer): void {
    this.#head = head;
    if (head.length < 2) return;
    if (head[0] === 0x1f && head[1] === 0x8b) {
      this.#decoder = this.#decompressor();
      this.#decoder.write(head);
      return;
    }
    this.#isPlain = true;
    this.#next.write(head);
  }

  #decompressor(): ContentDecoder {
    return new ContentDecoder(['gzip_file'], SITEMAP_LIMITS.maxBytes * 2, {
      data: (chunk) => this.#next.write(chunk),
      end: () => this.#finish(this.#cut),
      fault: ({ message }) => {
        this.#onProblem({ code: 'sitemap_too_large', message });
        this.#finish(true);
      },
      broken: ({ message }) => {
        // A download that was cut ends within the compressed stream, and that is not the file's fault.
        if (!this.#cut) this.#onProblem({ code: 'sitemap_bad_gzip', message: `gzip: ${message}` });
        this.#finish(true);
      },
      drain: () => {},
    });
  }

  #finish(cut: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.#decoder?.destroy();
    this.#next.end(cut);
  }
}
