import { createHash, type Hash, hash as hashAtOnce } from 'node:crypto';

/**
 * SHA-256 of a body that comes in chunks. Most bodies come in one, and for those a `Hash` object costs more than
 * hashing: it is made when a second chunk comes. Until then the first is kept, whose memory must not be used again.
 */
export class BodyHash {
  #first: Uint8Array | null = null;
  #hash: Hash | null = null;

  update(chunk: Uint8Array): void {
    if (this.#hash !== null) {
      this.#hash.update(chunk);
    } else if (this.#first === null) {
      this.#first = chunk;
    } else {
      this.#hash = createHash('sha256').update(this.#first).update(chunk);
      this.#first = null;
    }
  }

  /** The hash of all chunks, in hex. To be asked once. */
  digest(): string {
    return this.#hash?.digest('hex') ?? hashAtOnce('sha256', this.#first ?? NOTHING);
  }
}

const NOTHING = new Uint8Array(0);
