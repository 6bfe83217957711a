/** Why a string is not a URL that Outrider can fetch. */
export type UrlProblem = 'invalid_url' | 'unsupported_scheme' | 'url_too_long' | 'credentials_in_url';

export type NormalizedUrl = { ok: true; url: string } | { ok: false; problem: UrlProblem };

export interface NormalizeOptions {
  /** `refuse` for what people type (seeds), `strip` for what pages contain (links). Default `strip`. */
  readonly credentials?: 'refuse' | 'strip';
}

/** Longest URL that is kept, in characters: the limit of the sitemap protocol and of common browsers. */
export const MAX_URL_LENGTH = 2_083;

const LONE_SURROGATE = /\p{Surrogate}/u;
const LOWER_CASE_ESCAPE = /%(?:[a-f][0-9a-fA-F]|[0-9a-fA-F][a-f])/g;

/**
 * The one spelling of a URL. WHATWG parsing resolves relative references, dot segments, host case,
 * number forms of addresses and default ports; on top of it the fragment goes, percent-escapes are
 * written in upper case (RFC 3986, section 6.2.2.1), and a host's trailing dot is dropped. The query
 * stays as it is. Idempotent; never changes which host is meant, and never throws. A string with a lone
 * surrogate is refused: it has no UTF-8 form, and WHATWG would quietly make another URL of it.
 */
export function normalizeUrl(raw: string, base?: string, options: NormalizeOptions = {}): NormalizedUrl {
  const parsed = LONE_SURROGATE.test(raw) ? null : parse(raw, base);
  if (parsed === null) return { ok: false, problem: 'invalid_url' };
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') {
    return { ok: false, problem: 'unsupported_scheme' };
  }
  if (parsed.username !== '' || parsed.password !== '') {
    if (options.credentials === 'refuse') return { ok: false, problem: 'credentials_in_url' };
    parsed.username = '';
    parsed.password = '';
  }
  if (parsed.hostname.endsWith('.')) {
    // One dot ends a name. Without one of two, `0x7f.1..` would turn from a name into 127.0.0.1.
    if (parsed.hostname === '.' || parsed.hostname.endsWith('..'))
      return { ok: false, problem: 'invalid_url' };
    parsed.hostname = parsed.hostname.slice(0, -1);
  }
  let url = parsed.href;
  const fragment = url.indexOf('#');
  if (fragment !== -1) url = url.slice(0, fragment);
  if (url.includes('%')) url = url.replace(LOWER_CASE_ESCAPE, (code) => code.toUpperCase());
  if (url.length > MAX_URL_LENGTH) return { ok: false, problem: 'url_too_long' };
  return { ok: true, url };
}

function parse(raw: string, base: string | undefined): URL | null {
  try {
    return base === undefined ? new URL(raw) : new URL(raw, base);
  } catch {
    return null;
  }
}
