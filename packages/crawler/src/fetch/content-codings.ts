import { FetchFault } from './fetch-failures.js';

export type ContentCoding = 'gzip' | 'deflate' | 'br';

/** What is offered to servers. */
export const ACCEPT_ENCODING = 'gzip, deflate, br';

const MAX_CODINGS = 3;
const CODINGS: ReadonlyMap<string, ContentCoding> = new Map([
  ['gzip', 'gzip'],
  // RFC 9110, section 8.4.1.3: x-gzip is to be read as gzip.
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
]);

/**
 * Reads a `Content-Encoding` list into the codings to undo, in the order of undoing: the reverse of the list
 * (RFC 9110, section 8.4).
 *
 * @throws FetchFault `decompression_limit` for more than three codings, `unsupported_encoding` for an unknown one.
 */
export function contentCodings(header: string | null): readonly ContentCoding[] {
  if (header === null) return [];
  const names = header
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  if (names.length > MAX_CODINGS) {
    throw new FetchFault(
      'decompression_limit',
      `${names.length} content codings, at most ${MAX_CODINGS} are undone`,
    );
  }
  return names.map(codingOf).reverse();
}

function codingOf(name: string): ContentCoding {
  const coding = CODINGS.get(name);
  if (coding === undefined) throw new FetchFault('unsupported_encoding', name.slice(0, 40));
  return coding;
}
