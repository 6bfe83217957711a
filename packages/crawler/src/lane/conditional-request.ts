import type { KnownVersion } from '@outrider/db';

/** Longest validator that is sent back, in characters. */
const MAX_VALIDATOR = 1_024;

/**
 * The headers that ask for a page only if it is not the version known (RFC 9110, section 13.1): both validators
 * as the server sent them. One that no header can carry is left out; a server that set it gets a plain request.
 */
export function conditionalHeaders(version: KnownVersion | undefined): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  if (version === undefined) return headers;
  if (isSendable(version.etag)) headers['if-none-match'] = version.etag;
  if (isSendable(version.lastModified)) headers['if-modified-since'] = version.lastModified;
  return headers;
}

function isSendable(value: string | null): value is string {
  return (
    value !== null && value.length <= MAX_VALIDATOR && /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value)
  );
}
