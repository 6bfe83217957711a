import { createBrotliDecompress, createInflate, createInflateRaw } from 'node:zlib';
import type { ContentCoding } from './content-codings.js';
import { gzipHeaderLength } from './gzip-header.js';

/** Where a layer's output goes. */
export interface LayerOutput {
  /** @returns false to hold further output until {@link CodingLayer.resume}. */
  data(chunk: Buffer): boolean;
  end(): void;
  error(error: Error): void;
  /** The layer takes input again after `write` returned false. */
  drain(): void;
}

/** Undoes one coding. */
export interface Layer {
  /** Compressed bytes that were worked through so far, as opposed to bytes waiting in a queue. */
  readonly consumed: number;
  /** @returns false when the caller should wait for `drain`. */
  write(chunk: Uint8Array): boolean;
  end(): void;
  resume(): void;
  destroy(): void;
}

type Decompressor = ReturnType<typeof createInflate> | ReturnType<typeof createBrotliDecompress>;

// Most pages fit in one or two pieces of this size, so one or two trips to the thread pool.
const OUTPUT_CHUNK = 64 * 1024;
const MAX_GZIP_HEADER = 128 * 1024;

/**
 * Undoes one content coding. Like browsers, it takes the first gzip member and passes over whatever follows it:
 * Node's own gunzip fails on garbage there, and loses the end of the page with it.
 */
export class CodingLayer implements Layer {
  private stream: Decompressor | null = null;
  private gzipHeader: Buffer = Buffer.alloc(0);
  private headerLength = 0;
  private ended = false;

  constructor(
    private readonly coding: ContentCoding,
    private readonly output: LayerOutput,
  ) {}

  get consumed(): number {
    return this.stream?.bytesWritten ?? 0;
  }

  /** Bytes from the beginning of its input, header included, that belong to what was worked through. */
  get taken(): number {
    return this.headerLength + this.consumed;
  }

  write(chunk: Uint8Array): boolean {
    if (this.ended) return true;
    if (this.stream !== null) return this.stream.write(chunk);
    if (this.coding === 'gzip') return this.writeGzipStart(chunk);
    this.stream = this.listen(decompressor(this.coding, chunk[0] ?? 0));
    return this.stream.write(chunk);
  }

  end(): void {
    if (this.ended) return;
    if (this.stream !== null) this.stream.end();
    else if (this.gzipHeader.length > 0) this.fail('the stream ends within its header');
    // An empty body is an empty body, whatever coding it claims.
    else this.output.end();
  }

  resume(): void {
    this.stream?.resume();
  }

  destroy(): void {
    this.stream?.destroy();
  }

  private writeGzipStart(chunk: Uint8Array): boolean {
    const start = this.gzipHeader.length === 0 ? chunk : Buffer.concat([this.gzipHeader, chunk]);
    const length = gzipHeaderLength(start);
    if (length === 'invalid' || (length === 'incomplete' && start.length > MAX_GZIP_HEADER)) {
      this.fail('the stream has no gzip header');
      return true;
    }
    if (length === 'incomplete') {
      this.gzipHeader = Buffer.from(start);
      return true;
    }
    this.headerLength = length;
    this.stream = this.listen(createInflateRaw({ chunkSize: OUTPUT_CHUNK }));
    return this.stream.write(start.subarray(length));
  }

  private listen(stream: Decompressor): Decompressor {
    stream.on('data', (chunk: Buffer) => {
      if (!this.output.data(chunk)) stream.pause();
    });
    // Comes before the input is over when something follows the compressed stream.
    stream.on('end', () => {
      this.ended = true;
      this.output.end();
      // Input held back by a full queue will not be taken any more.
      this.output.drain();
    });
    stream.on('error', (error) => this.output.error(error));
    stream.on('drain', () => this.output.drain());
    return stream;
  }

  private fail(message: string): void {
    this.ended = true;
    this.output.error(new Error(message));
  }
}

function decompressor(coding: 'deflate' | 'br', firstByte: number): Decompressor {
  const options = { chunkSize: OUTPUT_CHUNK };
  if (coding === 'br') return createBrotliDecompress(options);
  // RFC 9110 means zlib (RFC 1950), many servers send bare deflate (RFC 1951). A zlib stream names method 8.
  return (firstByte & 0x0f) === 8 ? createInflate(options) : createInflateRaw(options);
}
