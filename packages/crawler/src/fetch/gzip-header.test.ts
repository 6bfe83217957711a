import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gzipHeaderLength } from './gzip-header.js';

const header = (flags: number, ...rest: number[]) =>
  Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3, ...rest]);

describe('gzipHeaderLength', () => {
  it.each([
    ['plain', header(0), 10],
    ['with an extra field', header(0x04, 3, 0, 1, 2, 3), 15],
    ['with a name', header(0x08, 97, 98, 0), 13],
    ['with a comment', header(0x10, 97, 0), 12],
    ['with a checksum', header(0x02, 9, 9), 12],
    ['with everything', header(0x1e, 1, 0, 7, 97, 0, 98, 0, 9, 9), 19],
    ['as zlib writes it', gzipSync('x'), 10],
  ])('a header %s is measured, and is incomplete one byte earlier', (_name, bytes, length) => {
    expect(gzipHeaderLength(bytes)).toBe(length);
    for (let cut = 0; cut < length; cut++)
      expect(gzipHeaderLength(bytes.subarray(0, cut))).toBe('incomplete');
  });

  it.each([[Buffer.from('<html>')], [Buffer.from([0x1f, 0x8c])], [header(0x80)]])(
    '%j is no header',
    (bytes) => {
      expect(gzipHeaderLength(bytes)).toBe('invalid');
    },
  );
});
