/** The flags of RFC 1952, section 2.3.1, that add a field to the header. */
const HEADER_CRC = 0x02;
const EXTRA = 0x04;
const NAME = 0x08;
const COMMENT = 0x10;
const RESERVED = 0xe0;
const FIXED_LENGTH = 10;

/**
 * Measures the header of a gzip member (RFC 1952, section 2.3).
 *
 * @returns its length in bytes, `'incomplete'` when it goes on after these bytes, `'invalid'` when it is none.
 */
export function gzipHeaderLength(bytes: Uint8Array): number | 'incomplete' | 'invalid' {
  const magic = [0x1f, 0x8b, 0x08];
  if (magic.some((byte, at) => at < bytes.length && bytes[at] !== byte)) return 'invalid';
  if (bytes.length < FIXED_LENGTH) return 'incomplete';
  const flags = bytes[3] ?? 0;
  if ((flags & RESERVED) !== 0) return 'invalid';
  let length = FIXED_LENGTH;
  if ((flags & EXTRA) !== 0) length += 2 + (bytes[length] ?? 0) + 256 * (bytes[length + 1] ?? 0);
  if ((flags & NAME) !== 0) length = afterZero(bytes, length);
  if ((flags & COMMENT) !== 0) length = afterZero(bytes, length);
  if ((flags & HEADER_CRC) !== 0) length += 2;
  return length <= bytes.length ? length : 'incomplete';
}

function afterZero(bytes: Uint8Array, from: number): number {
  const zero = bytes.indexOf(0, from);
  return zero === -1 ? Number.POSITIVE_INFINITY : zero + 1;
}
