import { timingSafeEqual } from 'node:crypto';
import { type Database, findApiKey, touchApiKey } from '@outrider/db';
import { OutriderError } from '@outrider/shared';
import { RateLimitError } from '../problems/rate-limit-error.js';
import type { Caller } from './caller.js';
import { hashKey, type KeyParts, parseKey, parseOperatorKey } from './key-format.js';
import { createTokenBuckets } from './token-buckets.js';

export interface Authenticator {
  /**
   * Who the `Authorization` header names. Throws `unauthenticated`, the same for every reason, and
   * `rate_limited` for an address with too many wrong keys.
   */
  authenticate(authorization: string | undefined, remoteAddress: string): Promise<Caller>;
  /** Forgets what is remembered of a key, so that its revocation counts here at once. */
  forget(keyId: string): void;
}

export interface AuthenticatorOptions {
  /** With the system role: a key's tenant is not known before the key is. */
  readonly system: Database;
  /** The setting OUTRIDER_API_KEY, which need not have the form of our keys. */
  readonly operatorKey?: string | undefined;
  /** How long an answer of the database is believed, in milliseconds; at most a minute. */
  readonly rememberMs?: number;
}

interface Remembered {
  readonly caller: Promise<Caller | null>;
  until: number;
}

const REMEMBERED_KEYS = 10_000;
/** Wrong keys of one address: a burst of a mistyped client passes, guessing does not. */
const WRONG_KEYS = { capacity: 60, perMinute: 60 };

/** Checks keys against the database, and remembers its answers, good and bad, for a short time. */
export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { system, rememberMs = 30_000 } = options;
  const operator = options.operatorKey === undefined ? null : parseOperatorKey(options.operatorKey);
  const remembered = new Map<string, Remembered>();
  const wrongKeys = createTokenBuckets(WRONG_KEYS);

  /** Shape and checksum come first: text that cannot be a key never reaches the database. */
  function partsOf(token: string): KeyParts | null {
    if (operator !== null && timingSafeEqual(hashKey(token), operator.hash)) return operator;
    return parseKey(token);
  }

  function lookUp(parts: KeyParts): Promise<Caller | null> {
    const name = parts.hash.toString('base64');
    const known = remembered.get(name);
    if (known !== undefined && known.until > performance.now()) return known.caller;
    const entry: Remembered = {
      caller: readCaller(system, parts, (ms) => {
        entry.until = Math.min(entry.until, performance.now() + ms);
      }),
      until: performance.now() + rememberMs,
    };
    remembered.set(name, entry);
    // A look-up that failed says nothing about the key.
    entry.caller.catch(() => remembered.delete(name));
    const [oldest] = remembered.keys();
    if (remembered.size > REMEMBERED_KEYS && oldest !== undefined) remembered.delete(oldest);
    return entry.caller;
  }

  function isRemembered(parts: KeyParts): boolean {
    return (remembered.get(parts.hash.toString('base64'))?.until ?? 0) > performance.now();
  }

  return {
    authenticate: async (authorization, remoteAddress) => {
      const token = bearerToken(authorization);
      if (token === null) throw unauthenticated();
      const parts = partsOf(token);
      // What is asked of the database is paid for in advance, so that many wrong keys at once cannot slip by.
      const free = parts !== null && isRemembered(parts);
      if (!free) spend(wrongKeys.take(remoteAddress));
      const caller = parts === null ? null : await lookUp(parts);
      if (caller === null) {
        if (free) spend(wrongKeys.take(remoteAddress));
        throw unauthenticated();
      }
      if (!free) wrongKeys.giveBack(remoteAddress);
      return caller;
    },
    forget: (keyId) => {
      for (const [name, { caller }] of remembered) {
        caller.then(
          (who) => who?.keyId === keyId && remembered.delete(name),
          () => undefined,
        );
      }
    },
  };
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
