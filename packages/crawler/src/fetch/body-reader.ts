import { BodyHash } from './body-hash.js';
import { contentCodings } from './content-codings.js';
import { ContentDecoder, type DecoderOutput } from './content-decoder.js';
import { FetchFault } from './fetch-failures.js';
import type { BodySink } from './fetch-request.js';

/** What the reader tells the exchange. Exactly one of `complete`, `satisfied`, `fault` and `crash` is called, once. */
export interface BodyOwner {
  complete(truncated: boolean): void;
  fault(fault: FetchFault): void;
  /** The sink wants no more. */
  satisfied(): void;
  /** The sink threw: a defect of ours, not of the site. */
  crash(error: unknown): void;
  pause(): void;
  resume(): void;
}

/**
 * Reads one response body: counts and limits it on the wire and decoded, undoes its content codings, hashes it
 * and hands it to the sink. A body without coding goes from the socket to the sink without a stream in between.
 */
export class BodyReader implements DecoderOutput {
  wireBytes = 0;
  decodedBytes = 0;
  private readonly hash = new BodyHash();
  private readonly decoder: ContentDecoder | null;
  private readonly maxWireBytes: number;
  private wireOver = false;
  private cutShort = false;
  private decoded = false;
  private over = false;

  /** @throws FetchFault for content codings that are unknown or too many. */
  constructor(
    contentEncoding: string | null,
    private readonly maxBytes: number,
    private readonly sink: BodySink,
    private readonly owner: BodyOwner,
  ) {
    const codings = contentCodings(contentEncoding);
    this.decoder = codings.length === 0 ? null : new ContentDecoder(codings, maxBytes, this);
    // What cannot be compressed grows a little by being compressed: 5 bytes in 16 KiB for deflate (RFC 1951).
    this.maxWireBytes = codings.length === 0 ? maxBytes : Math.ceil(maxBytes * 1.01) + 1024;
  }

  /** Whether the message has ended on the wire. */
  get messageOver(): boolean {
    return this.wireOver;
  }

  /** SHA-256 of all decoded bytes. To be asked once, when the body is complete. */
  digest(): string {
    return this.hash.digest();
  }

  write(chunk: Uint8Array): void {
    if (this.over) return;
    this.wireBytes += chunk.length;
    if (this.wireBytes > this.maxWireBytes)
      this.fault(new FetchFault('too_large', `more than ${this.maxBytes} bytes`));
    else if (this.decoder === null) this.data(chunk);
    else if (!this.decoder.write(chunk)) this.owner.pause();
  }

  /** The message is over. @param cutShort The connection closed before the announced end. */
  finish(cutShort: boolean): void {
    if (this.over) return;
    this.wireOver = true;
    this.cutShort = cutShort;
    if (this.decoder === null || this.decoded) this.complete(cutShort);
    else this.decoder.end();
  }

  destroy(): void {
    this.over = true;
    this.decoder?.destroy();
  }

  data(chunk: Uint8Array): void {
    this.decodedBytes += chunk.length;
    this.hash.update(chunk);
    try {
      this.sink.write(chunk);
    } catch (error) {
      this.crash(error);
      return;
    }
    if (this.sink.isSatisfied !== true || this.over) return;
    this.destroy();
    this.owner.satisfied();
  }

  end(): void {
    this.decoded = true;
    // A compressed stream can end before the message does; what follows is still counted, and limited.
    if (this.wireOver) this.complete(this.cutShort);
  }

  fault(fault: FetchFault): void {
    if (this.over) return;
    this.destroy();
    this.owner.fault(fault);
  }

  broken(error: Error): void {
    if (this.over) return;
    if (this.decodedBytes > 0) this.complete(true);
    else this.fault(new FetchFault(this.cutShort ? 'truncated' : 'bad_encoding', error.message, error));
  }

  drain(): void {
    if (!this.over) this.owner.resume();
  }

  private complete(truncated: boolean): void {
    if (this.over) return;
    this.destroy();
    try {
      this.sink.end();
    } catch (error) {
      this.owner.crash(error);
      return;
    }
    this.owner.complete(truncated);
  }

  private crash(error: unknown): void {
    if (this.over) return;
    this.destroy();
    this.owner.crash(error);
  }
}
