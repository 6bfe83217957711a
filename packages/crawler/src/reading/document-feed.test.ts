import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DocumentFeed } from './document-feed.js';
import { PieceMemory } from './piece-memory.js';
import type { DocumentPiece } from './thread-messages.js';

const PAGE = { url: 'http://a.test/', contentType: 'text/html', headers: [] };

function feed() {
  const sent: DocumentPiece[] = [];
  const discarded: number[] = [];
  const line = {
    document: 7,
    memory: new PieceMemory(),
    send: (piece: DocumentPiece) => void sent.push(piece),
    discard: (document: number) => void discarded.push(document),
  };
  return { document: new DocumentFeed(PAGE, line), sent, discarded };
}

const bytesOf = (pieces: readonly DocumentPiece[]): Buffer =>
  Buffer.concat(pieces.map(({ bytes, length }) => Buffer.from(bytes, 0, length)));

describe('a document that goes to another thread', () => {
  it('arrives whole, whatever its chunks, in pieces that have room for it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300_000), { maxLength: 8 }), fc.nat(255), (lengths, first) => {
        const { document, sent } = feed();
        const written = lengths.map((length, n) => Buffer.alloc(length, (first + n) % 256));
        for (const chunk of written) {
          const lent = Buffer.from(chunk);
          document.write(lent);
          // The memory of a chunk is used again.
          lent.fill(0);
        }
        document.end();
        const pieces = [...sent, document.takeLast()];
        expect(bytesOf(pieces).equals(Buffer.concat(written))).toBe(true);
        for (const { length } of pieces) expect(length).toBeLessThanOrEqual(262_144);
        expect(pieces.map(({ page }) => page)).toEqual(pieces.map((_, n) => (n === 0 ? PAGE : null)));
        expect(new Set(pieces.map(({ bytes }) => bytes)).size).toBe(pieces.length);
      }),
      { numRuns: 50 },
    );
  });

  it('is taken back only when a part of it has gone and no answer follows', () => {
    const small = feed();
    small.document.write(Buffer.from('small'));
    small.document.discard();
    expect(small.discarded).toEqual([]);
    const large = feed();
    large.document.write(Buffer.alloc(300_000));
    large.document.discard();
    large.document.discard();
    expect(large.discarded).toEqual([7]);
    const settled = feed();
    settled.document.write(Buffer.alloc(300_000));
    settled.document.takeLast();
    settled.document.discard();
    expect(settled.discarded).toEqual([]);
  });
});
