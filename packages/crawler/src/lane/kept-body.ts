import type { BodySink } from '../fetch/fetch-request.js';

/** Keeps the bytes of a body while another sink takes them too. */
export class KeptBody {
  readonly #chunks: Buffer[] = [];

  /** The sink for a body that `sink` wants; null when it wants none. */
  beside(sink: BodySink | null): BodySink | null {
    if (sink === null) return null;
    return {
      write: (chunk) => {
        // Copied, since the caller may use the chunk's memory again.
        this.#chunks.push(Buffer.from(chunk));
        sink.write(chunk);
      },
      end: () => sink.end(),
      get isSatisfied() {
        return sink.isSatisfied === true;
      },
    };
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}
