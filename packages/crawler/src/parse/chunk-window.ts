/**
 * The decoded chunks that unfinished tokens may still refer to, addressed by offset from the document's
 * start. A token longer than the window loses its beginning; only a broken document has one.
 */
export class ChunkWindow {
  /** The newest chunk and the document offset of its first character. */
  chunk = '';
  chunkStart = 0;
  #older: { text: string; start: number }[] = [];
  #olderLength = 0;

  /** Takes the next chunk; `consumed` is the offset before which nothing will be asked for again. */
  push(chunk: string, consumed: number): void {
    const end = this.chunkStart + this.chunk.length;
    if (consumed >= end) {
      this.#older = [];
      this.#olderLength = 0;
    } else {
      this.#keep();
      this.#dropUnreachable(consumed);
    }
    this.chunk = chunk;
    this.chunkStart = end;
  }

  /** The text between two document offsets. */
  slice(start: number, end: number): string {
    if (start >= this.chunkStart) return this.chunk.slice(start - this.chunkStart, end - this.chunkStart);
    let text = '';
    for (const piece of this.#older) {
      const pieceEnd = piece.start + piece.text.length;
      if (pieceEnd <= start || piece.start >= end) continue;
      text += piece.text.slice(Math.max(0, start - piece.start), end - piece.start);
    }
    return end > this.chunkStart ? text + this.chunk.slice(0, end - this.chunkStart) : text;
  }

  /** Moves the newest chunk to the older ones; small ones are joined, so that their number stays low. */
  #keep(): void {
    const last = this.#older.at(-1);
    if (last !== undefined && last.text.length < MIN_PIECE) last.text += this.chunk;
    else this.#older.push({ text: this.chunk, start: this.chunkStart });
    this.#olderLength += this.chunk.length;
  }

  #dropUnreachable(consumed: number): void {
    let drop = 0;
    for (const piece of this.#older) {
      const reachable = piece.start + piece.text.length > consumed;
      if (reachable && this.#olderLength - piece.text.length < MAX_WINDOW) break;
      this.#olderLength -= piece.text.length;
      drop++;
    }
    if (drop > 0) this.#older.splice(0, drop);
  }
}

/** Characters kept of a token that spans chunks. */
const MAX_WINDOW = 262_144;
const MIN_PIECE = 8_192;
