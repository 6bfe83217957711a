import { CodingLayer, type Layer, type LayerOutput } from './coding-layer.js';
import type { ContentCoding } from './content-codings.js';
import { FetchFault } from './fetch-failures.js';
import { GzipFile } from './gzip-file.js';

export interface DecoderOutput {
  data(chunk: Buffer): void;
  end(): void;
  /** A limit was hit. Nothing else comes after it. */
  fault(fault: FetchFault): void;
  /** The bytes are not what the coding says, or they end too early. Nothing else comes after it. */
  broken(error: Error): void;
  drain(): void;
}

/** Above this many decoded bytes the ratio counts; small pages of repeated markup compress better than any bomb. */
const RATIO_FLOOR = 1024 * 1024;
const MAX_RATIO = 100;

/**
 * Undoes up to three content codings as a stream. Every layer's output is held to the size limit and to the
 * ratio against what came over the wire, so a bomb inside a bomb is caught where it opens; layers wait for one
 * another, so memory stays at a few chunks a layer. `gzip_file` takes every member, `gzip` the first.
 */
export class ContentDecoder {
  private readonly layers: Layer[] = [];
  private readonly produced: number[] = [];
  private stopped = false;

  constructor(
    codings: readonly (ContentCoding | 'gzip_file')[],
    private readonly maxBytes: number,
    private readonly output: DecoderOutput,
  ) {
    codings.forEach((coding, index) => {
      const output = this.layerOutput(index, index === codings.length - 1);
      this.layers.push(coding === 'gzip_file' ? new GzipFile(output) : new CodingLayer(coding, output));
      this.produced.push(0);
    });
  }

  /** @returns false when the caller should wait for `drain`. */
  write(chunk: Uint8Array): boolean {
    if (this.stopped) return true;
    return this.layers[0]?.write(chunk) ?? true;
  }

  end(): void {
    if (!this.stopped) this.layers[0]?.end();
  }

  destroy(): void {
    this.stopped = true;
    for (const layer of this.layers) layer.destroy();
  }

  private layerOutput(index: number, last: boolean): LayerOutput {
    return {
      data: (chunk) => this.pass(index, last, chunk),
      end: () => {
        if (this.stopped) return;
        if (last) this.output.end();
        else this.layers[index + 1]?.end();
      },
      error: (error) => {
        if (this.stopped) return;
        this.destroy();
        this.output.broken(error);
      },
      drain: () => {
        if (this.stopped) return;
        if (index === 0) this.output.drain();
        else this.layers[index - 1]?.resume();
      },
    };
  }

  private pass(index: number, last: boolean, chunk: Buffer): boolean {
    if (this.stopped) return false;
    const produced = (this.produced[index] ?? 0) + chunk.length;
    this.produced[index] = produced;
    const fault = this.limitFault(produced);
    if (fault !== null) {
      this.destroy();
      this.output.fault(fault);
      return false;
    }
    if (!last) return this.layers[index + 1]?.write(chunk) ?? true;
    this.output.data(chunk);
    return !this.stopped;
  }

  private limitFault(produced: number): FetchFault | null {
    const consumed = Math.max(1, this.layers[0]?.consumed ?? 1);
    if (produced > RATIO_FLOOR && produced > consumed * MAX_RATIO) {
      return new FetchFault('decompression_limit', `${consumed} bytes became more than ${produced}`);
    }
    return produced > this.maxBytes
      ? new FetchFault('too_large', `more than ${this.maxBytes} bytes decoded`)
      : null;
  }
}
