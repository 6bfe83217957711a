import { isUtf8 } from 'node:buffer';
import { headerText } from './header-text.js';

export type LocationProblem = 'missing' | 'empty' | 'unsupported_scheme' | 'invalid';

/** The `Location` of a redirect. Either `url` or `problem` is set. */
export interface RedirectLocation {
  /** As sent, made valid text; null when there was no such header. */
  readonly raw: string | null;
  /** Absolute, resolved against the URL that answered. Only http and https get here. */
  readonly url: string | null;
  readonly problem: LocationProblem | null;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Whether a status sends the client elsewhere by its `Location` (RFC 9110, section 15.4; 300 and 304 do not). */
export function isRedirectStatus(status: number): boolean {
  return REDIRECTS.has(status);
}

/**
 * Resolves a `Location` as a browser does: parsed by the WHATWG rules against the URL that answered, where
 * bytes that are not UTF-8 stand for themselves and are percent-encoded one by one.
 */
export function redirectLocation(value: Buffer | null, base: URL): RedirectLocation {
  if (value === null) return { raw: null, url: null, problem: 'missing' };
  const raw = headerText(value).trim();
  if (raw === '') return { raw, url: null, problem: 'empty' };
  const reference = isUtf8(value) ? raw : escapeHighBytes(value);
  if (!URL.canParse(reference, base.href)) return { raw, url: null, problem: 'invalid' };
  const url = new URL(reference, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    return { raw, url: null, problem: 'unsupported_scheme' };
  return { raw, url: url.href, problem: null };
}

function escapeHighBytes(value: Buffer): string {
  return value
    .toString('latin1')
    .replace(/[\x80-\xff]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
