import { createHash, randomBytes } from 'node:crypto';

/** How long a session lives without being used. */
export const SESSION_SECONDS = 12 * 3_600;

const NAME = 'outrider_session';
/** Behind https the prefix keeps other hosts and plain http from setting it (RFC 6265bis, section 4.1.3.2). */
const SECURE_NAME = `__Host-${NAME}`;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** A token of 256 random bits, and what the database keeps of it. */
export function makeToken(): { readonly token: string; readonly hash: Buffer } {
  const token = randomBytes(32).toString('base64url');
  return { token, hash: hashToken(token) };
}

/** SHA-256 of a token. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}

/** The text if it could be a token of ours, else null. */
export function asToken(text: string): string | null {
  return TOKEN.test(text) ? text : null;
}

/** A session's token as a browser sent it. */
export interface SentToken {
  readonly token: string;
  /** Whether it came under the name that https gives it. */
  readonly isHttps: boolean;
}

/** The session token in a `Cookie` header, or null. The one that https set counts before the other. */
export function readSessionCookie(cookieHeader: string | undefined): SentToken | null {
  if (cookieHeader === undefined) return null;
  const cookies = cookieHeader.split(';').map((pair) => pair.trim());
  for (const name of [SECURE_NAME, NAME]) {
    const found = cookies.find((cookie) => cookie.startsWith(`${name}=`));
    const token = found === undefined ? null : asToken(found.slice(name.length + 1));
    if (token !== null) return { token, isHttps: name === SECURE_NAME };
  }
  return null;
}

/** The `Set-Cookie` header that keeps a token in the browser: out of scripts' reach, and sent by no other site. */
export function sessionCookie(token: string, isHttps: boolean): string {
  return cookie(token, isHttps, SESSION_SECONDS);
}

/** The `Set-Cookie` header that takes it away. */
export function endedCookie(isHttps: boolean): string {
  return cookie('', isHttps, 0);
}

function cookie(value: string, isHttps: boolean, maxAgeSeconds: number): string {
  const name = isHttps ? SECURE_NAME : NAME;
  const secure = isHttps ? '; Secure' : '';
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${secure}`;
}
