import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type Database, findApiKey, findDashboardSession, touchApiKey, useSignInLink } from '@outrider/db';
import { OutriderError } from '@outrider/shared';
import { RateLimitError } from '../problems/rate-limit-error.js';
import type { Caller } from './caller.js';
import { isFromThisMachine } from './from-this-machine.js';
import { hashKey, type KeyParts, parseKey, parseOperatorKey } from './key-format.js';
import { createKnownCallers } from './known-callers.js';
import { requireSameSite } from './same-site.js';
import { asToken, hashToken, readSessionCookie, SESSION_SECONDS } from './session-cookie.js';
import { createTokenBuckets } from './token-buckets.js';

/** Of a request, what tells who makes it. */
export interface Credentials {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly remoteAddress: string;
  /** Whether the token of a sign-in link will do in place of a key; it is used up by this. */
  readonly acceptsLink?: boolean;
}

export interface Authenticator {
  /**
   * Who makes a request: whom its `Authorization` header names, else its session cookie. Throws as `authenticate`, and
   * `cross_site_request` for a cookie that another site's page had sent.
   */
  authenticateRequest(credentials: Credentials): Promise<Caller>;
  /**
   * Who the `Authorization` header names. Throws `unauthenticated`, the same for every reason, and
   * `rate_limited` for an address with too many wrong keys.
   */
  authenticate(authorization: string | undefined, remoteAddress: string): Promise<Caller>;
  /** Forgets what is remembered of a key and its sessions, so that its revocation counts here at once. */
  forget(keyId: string): void;
  /** Forgets what is remembered of a session that was ended. */
  forgetSession(sessionId: string): void;
}

export interface AuthenticatorOptions {
  /** With the system role: a key's tenant is not known before the key is. */
  readonly system: Database;
  /** The setting OUTRIDER_API_KEY, which need not have the form of our keys. */
  readonly operatorKey?: string | undefined;
  /** How long an answer of the database is believed, in milliseconds; at most a minute. */
  readonly rememberMs?: number;
}

/** Wrong keys of one address: a burst of a mistyped client passes, guessing does not. */
const WRONG_KEYS = { capacity: 60, perMinute: 60 };

/** Checks keys against the database, and remembers its answers, good and bad, for a short time. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { system, rememberMs = 30_000 } = options;
  const operator = options.operatorKey === undefined ? null : parseOperatorKey(options.operatorKey);
  const known = createKnownCallers(rememberMs);
  const wrongKeys = createTokenBuckets(WRONG_KEYS);

  /** Shape and checksum come first: text that cannot be a key never reaches the database. */
  function partsOf(token: string): KeyParts | null {
    if (operator !== null && timingSafeEqual(hashKey(token), operator.hash)) return operator;
    return parseKey(token);
  }

  async function authenticate(authorization: string | undefined, remoteAddress: string): Promise<Caller> {
    const token = bearerToken(authorization);
    if (token === null) throw unauthenticated();
    const parts = partsOf(token);
    const name = parts === null ? '' : parts.hash.toString('base64');
    // What is asked of the database is paid for in advance, so that many wrong keys at once cannot slip by.
    const free = parts !== null && known.has(name);
    if (!free) spend(wrongKeys.take(remoteAddress));
    const caller =
      parts === null ? null : await known.lookUp(name, (expiresIn) => readCaller(system, parts, expiresIn));
    if (caller === null) {
      if (free) spend(wrongKeys.take(remoteAddress));
      throw unauthenticated();
    }
    if (!free) wrongKeys.giveBack(remoteAddress);
    return caller;
  }

  async function authenticateSession(token: string, remoteAddress: string): Promise<Caller> {
    const hash = hashToken(token);
    const name = `session ${hash.toString('base64')}`;
    // A page left open with a session that has ended keeps asking: what is remembered of it costs nothing.
    const free = known.has(name);
    if (!free) spend(wrongKeys.take(remoteAddress));
    const caller = await known.lookUp(name, (expiresIn) => readSessionCaller(system, hash, expiresIn));
    if (caller === null) throw unauthenticated();
    if (!free) wrongKeys.giveBack(remoteAddress);
    return caller;
  }

  async function redeemLink(token: string, remoteAddress: string): Promise<Caller> {
    spend(wrongKeys.take(remoteAddress));
    const key = await system.withSystem((tx) => useSignInLink(tx, hashToken(token)));
    if (key === null) throw unauthenticated();
    wrongKeys.giveBack(remoteAddress);
    return { keyId: key.id, keyName: key.name, tenantId: key.tenantId, scope: key.scope };
  }

  return {
    authenticate,
    authenticateRequest: async ({ method, headers, remoteAddress, acceptsLink = false }) => {
      const { authorization, cookie } = headers;
      if (authorization !== undefined) {
        const token = bearerToken(authorization);
        const isLink = acceptsLink && token !== null && partsOf(token) === null && asToken(token) !== null;
        if (isLink && isFromThisMachine(remoteAddress, headers)) return redeemLink(token, remoteAddress);
        return authenticate(authorization, remoteAddress);
      }
      const sent = readSessionCookie(cookie);
      if (sent === null) throw unauthenticated();
      requireSameSite(method, headers);
      return authenticateSession(sent.token, remoteAddress);
    },
    forget: (keyId) => known.forget((caller) => caller.keyId === keyId),
    forgetSession: (sessionId) => known.forget((caller) => caller.sessionId === sessionId),
  };
}

async function readSessionCaller(
  system: Database,
  tokenHash: Buffer,
  expiresIn: (ms: number) => void,
): Promise<Caller | null> {
  const key = await system.withSystem(async (tx) => {
    const found = await findDashboardSession(tx, tokenHash, SESSION_SECONDS);
    if (found !== null) await touchApiKey(tx, found.id);
    return found;
  });
  if (key === null) return null;
  expiresIn(key.expiresInMs);
  const { id: keyId, name: keyName, tenantId, scope, sessionId } = key;
  return { keyId, keyName, tenantId, scope, sessionId };
}

async function readCaller(
  system: Database,
  parts: KeyParts,
  expiresIn: (ms: number) => void,
): Promise<Caller | null> {
  const stored = await system.withSystem(async (tx) => {
    const found = await findApiKey(tx, parts.publicId);
    if (found === null || !found.usable || !timingSafeEqual(found.secretHash, parts.hash)) return null;
    await touchApiKey(tx, found.id);
    return found;
  });
  if (stored === null) return null;
  if (stored.expiresInMs !== null) expiresIn(stored.expiresInMs);
  return { keyId: stored.id, keyName: stored.name, tenantId: stored.tenantId, scope: stored.scope };
}

function bearerToken(authorization: string | undefined): string | null {
  return /^Bearer +([^\s]{1,512})$/i.exec(authorization ?? '')?.[1] ?? null;
}

function unauthenticated(): OutriderError {
  return new OutriderError(
    'unauthenticated',
    'Send `Authorization: Bearer <API key>` with a key that is valid.',
  );
}

function spend(wait: number | null): void {
  if (wait !== null) throw new RateLimitError('Too many wrong API keys came from your address.', wait);
}
