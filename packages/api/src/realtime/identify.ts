import type { IncomingHttpHeaders } from 'node:http';
import type { Authenticator } from '../access/authenticator.js';
import type { Caller } from '../access/caller.js';

/** What a client that wants to stay connected says of itself. */
export interface Credentials {
  /** Of the request that it connected with: its key, or its session's cookie. */
  readonly headers: IncomingHttpHeaders;
  readonly remoteAddress: string;
}

/** Who a client is that wants to stay connected. Throws as `authenticateRequest` does. */
export function identify(authenticator: Authenticator, credentials: Credentials): Promise<Caller> {
  return authenticator.authenticateRequest({ method: 'GET', ...credentials });
}

/**
 * The same for a client that is connected. It does not count among the wrong keys of its address: else whoever sends
 * enough of those could keep the answer from being had.
 */
export function identifyAgain(
  authenticator: Authenticator,
  { headers }: Credentials,
  { keyId }: Caller,
): Promise<Caller> {
  return authenticator.authenticateRequest({ method: 'GET', headers, remoteAddress: `connected ${keyId}` });
}
