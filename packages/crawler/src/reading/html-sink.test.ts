import { describe, expect, it } from 'vitest';
import { HtmlSink } from './html-sink.js';
import { ParsedDocument } from './parsed-document.js';

const PAGE = Buffer.from(`<!doctype html><title>Whole</title><p>${'text '.repeat(300)}`);

function read(body: Buffer, contentType: string | null, piece: number): HtmlSink {
  const sink = new HtmlSink('http://a.test/', (page) => new ParsedDocument(page));
  const taken = sink.accept({ status: 200, headers: [], contentType, contentEncoding: null });
  if (taken === null) return sink;
  for (let at = 0; at < body.length && !sink.isSatisfied; at += piece) {
    // The memory of a chunk is used again.
    const chunk = Buffer.from(body.subarray(at, at + piece));
    taken.write(chunk);
    chunk.fill(0);
  }
  taken.end();
  return sink;
}

describe('the body of an answer', () => {
  it.each([1, 7, 511, 512, 513, 10_000])('is the same page in pieces of %i bytes', (piece) => {
    for (const contentType of ['text/html', null]) {
      const content = read(PAGE, contentType, piece).document?.content;
      expect(content?.head.titles.items[0]?.text).toBe('Whole');
      expect(content?.text.wordCount).toBe(300);
    }
  });

  it.each([1, 512, 10_000])(
    'of a film that says it is HTML is not read on, in pieces of %i bytes',
    (piece) => {
      const sink = read(
        Buffer.concat([Buffer.from('\0\0\0\x20ftypisom', 'latin1'), PAGE]),
        'text/html',
        piece,
      );
      expect(sink).toMatchObject({
        isSatisfied: true,
        document: null,
        sniffedType: 'video/mp4',
        refusedType: 'video/mp4',
      });
    },
  );

  it('without a type that is no HTML is no error either', () => {
    const sink = read(Buffer.from('plain text'), null, 100);
    expect(sink).toMatchObject({ document: null, sniffedType: 'text/plain', refusedType: null });
  });

  it.each(['application/pdf', 'text/plain', 'image/png; x=text/html'])('of type %s is not wanted', (type) => {
    expect(read(PAGE, type, 100)).toMatchObject({ document: null, sniffedType: null });
  });
});
