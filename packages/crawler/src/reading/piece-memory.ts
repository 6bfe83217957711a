/** Most pages fit into so many bytes. */
const SIZE = 65_536;
/** As many as a lane has in flight on a fast site; more are let go of. */
const KEPT = 32;

/**
 * Memory for documents that go to another thread and for which the thread has no use once it has read them. It comes
 * back and is used again: memory that one thread takes and the other gives up is returned late to the system.
 */
export class PieceMemory {
  readonly #free: ArrayBuffer[] = [];

  /** At least as much as most documents need; what it holds is anything. */
  take(): ArrayBuffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(SIZE).buffer;
  }

  give(memory: ArrayBuffer): void {
    if (memory.byteLength === SIZE && this.#free.length < KEPT) this.#free.push(memory);
  }
}
