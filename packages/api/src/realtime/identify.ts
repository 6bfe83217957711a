import type { Authenticator } from '../access/authenticator.js';
import type { Caller } from '../access/caller.js';

/** What a client that wants to stay connected says of itself. */
export interface Credentials {
  /** As in the `Authorization` header. */
  readonly authorization: string | undefined;
  readonly remoteAddress: string;
}

/** Who a client is that wants to stay connected. Throws `unauthenticated` and `rate_limited`. */
export function identify(authenticator: Authenticator, credentials: Credentials): Promise<Caller> {
  return authenticator.authenticate(credentials.authorization, credentials.remoteAddress);
}

/**
 * The same for a client that is connected. It does not count among the wrong keys of its address: else whoever sends
 * enough of those could keep the answer from being had.
 */
export function identifyAgain(
  authenticator: Authenticator,
  { authorization }: Credentials,
  { keyId }: Caller,
): Promise<Caller> {
  return authenticator.authenticate(authorization, `connected ${keyId}`);
}
