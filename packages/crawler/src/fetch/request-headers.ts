import { ACCEPT_ENCODING } from './content-codings.js';
import type { FetchRequest } from './fetch-request.js';

const DEFAULT_ACCEPT = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

/** Headers that frame the message or say what we can decode: a campaign's own headers do not reach these. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);

/** The headers of a request as a flat list of names and values, `host` and `connection` excepted. */
export function requestHeaders(request: FetchRequest): string[] {
  const headers = ['user-agent', request.userAgent, 'accept-encoding', ACCEPT_ENCODING];
  let accept = DEFAULT_ACCEPT;
  for (const [name, value] of Object.entries(request.headers)) {
    const lower = name.toLowerCase();
    if (lower === 'accept') accept = value;
    else if (!OWN_HEADERS.has(lower)) headers.push(lower, value);
  }
  headers.push('accept', accept);
  return headers;
}
