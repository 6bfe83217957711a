import type { Dispatcher } from 'undici';
import { declaredType } from './declared-type.js';
import { FetchFault } from './fetch-failures.js';
import { headerText } from './header-text.js';

/** The head of a final response, as `onHead` sees it. */
export interface ResponseHead {
  readonly status: number;
  /** In the order sent, names in lower case; a header sent twice is here twice. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** What the Content-Type headers come to, see declaredType. */
  readonly contentType: string | null;
  /** All `Content-Encoding` values joined by a comma, as one list. */
  readonly contentEncoding: string | null;
}

/** The head, with what the exchange itself needs of it. */
export interface ParsedHead {
  readonly head: ResponseHead;
  /** The bytes of the first `Location`, before any decoding. */
  readonly location: Buffer | null;
  /** Announced body length in bytes; null when absent. */
  readonly contentLength: number | null;
}

// The byte limit alone would let thirty thousand two-letter headers through.
const MAX_HEADERS = 1000;

/**
 * Reads the raw headers of a response.
 *
 * @throws FetchFault `header_overflow` above 1,000 headers.
 */
export function parseHead(
  status: number,
  rawHeaders: Dispatcher.DispatchController['rawHeaders'],
): ParsedHead {
  const raw = Array.isArray(rawHeaders) ? rawHeaders : [];
  if (raw.length > 2 * MAX_HEADERS) throw new FetchFault('header_overflow', `${raw.length / 2} headers`);
  const headers: [string, string][] = [];
  const contentTypes: string[] = [];
  let contentEncoding: string | null = null;
  let contentLength: number | null = null;
  let location: Buffer | null = null;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = headerText(bytes(raw[i])).toLowerCase();
    const valueBytes = bytes(raw[i + 1]);
    const value = headerText(valueBytes);
    headers.push([name, value]);
    if (name === 'content-type') contentTypes.push(value);
    else if (name === 'content-encoding')
      contentEncoding = contentEncoding === null ? value : `${contentEncoding}, ${value}`;
    else if (name === 'content-length') contentLength = Number(value);
    else if (name === 'location') location ??= valueBytes;
  }
  const contentType = declaredType(contentTypes);
  return { head: { status, headers, contentType, contentEncoding }, location, contentLength };
}

function bytes(value: Buffer | string | undefined): Buffer {
  return typeof value === 'object' ? value : Buffer.from(value ?? '', 'latin1');
}
