import type { PageParserInput } from '../parse/page-parser.js';
import type { PieceMemory } from './piece-memory.js';
import type { OpenDocument } from './reading.js';
import type { DocumentPiece } from './thread-messages.js';

/** A longer document is sent on in pieces of at most so many bytes. */
const MAX_PIECE = 262_144;

/** What a feed sends its pieces by. */
export interface FeedLine {
  /** Numbers the documents of a thread. */
  readonly document: number;
  /** Memory for the beginning of a document. */
  readonly memory: PieceMemory;
  send(piece: DocumentPiece): void;
  discard(document: number): void;
}

/**
 * A document that is read in another thread. Its bytes are gathered here, since a chunk's memory is the network's
 * again after the call, and go over in few large pieces, without a copy.
 */
export class DocumentFeed implements OpenDocument {
  readonly content = null;
  readonly #page: PageParserInput;
  readonly #line: FeedLine;
  #memory: Uint8Array<ArrayBuffer> | null = null;
  #length = 0;
  #hasBegun = false;
  #isTaken = false;

  constructor(page: PageParserInput, line: FeedLine) {
    this.#page = page;
    this.#line = line;
  }

  write(chunk: Uint8Array): void {
    let left = chunk;
    while (left.length > 0) {
      if (this.#length === MAX_PIECE) this.#send();
      const part = left.subarray(0, MAX_PIECE - this.#length);
      this.#room(this.#length + part.length).set(part, this.#length);
      this.#length += part.length;
      left = left.subarray(part.length);
    }
  }

  end(): void {}

  discard(): void {
    if (this.#hasBegun && !this.#isTaken) this.#line.discard(this.#line.document);
    this.#isTaken = true;
    if (this.#memory !== null) this.#line.memory.give(this.#memory.buffer);
    this.#memory = null;
  }

  /** The last piece, to go with the answer. To be asked once. */
  takeLast(): DocumentPiece {
    this.#isTaken = true;
    return this.#takePiece();
  }

  #send(): void {
    this.#line.send(this.#takePiece());
  }

  #takePiece(): DocumentPiece {
    const { buffer } = this.#room(0);
    const piece = {
      document: this.#line.document,
      bytes: buffer,
      length: this.#length,
      page: this.#hasBegun ? null : this.#page,
    };
    this.#hasBegun = true;
    this.#memory = null;
    this.#length = 0;
    return piece;
  }

  /** Memory for so many bytes, with those that are there already. */
  #room(wanted: number): Uint8Array<ArrayBuffer> {
    const memory = this.#memory ?? new Uint8Array(this.#line.memory.take());
    this.#memory = memory;
    if (memory.length >= wanted) return memory;
    let size = memory.length;
    while (size < wanted) size *= 2;
    const larger = new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
    larger.set(memory.subarray(0, this.#length));
    this.#line.memory.give(memory.buffer);
    this.#memory = larger;
    return larger;
  }
}
