/** A path pattern of robots.txt, ready to match. */
export interface RobotsPattern {
  /** Octets of the normalised pattern: the longest matching one decides (RFC 9309, 2.2.2). */
  readonly length: number;
  /** `path` must be normalised with `normalizeRobotsPath`. */
  matches(path: string): boolean;
}

/**
 * Compiles an Allow or Disallow value (RFC 9309, 2.2.2 and 2.2.3): `*` stands for any run of characters and
 * `$` at the end for the end of the path. Null when the value can match nothing: it is empty, or starts
 * neither with `/` nor with `*`.
 */
export function compileRobotsPattern(value: string): RobotsPattern | null {
  const first = value.charAt(0);
  if (first !== '/' && first !== '*') return null;
  const anchored = value.endsWith('$');
  const body = anchored ? value.slice(0, -1) : value;
  const parts = body.split('*').map(normalizeOctets);
  // A `$` inside is one octet, though it is compared as `%24`.
  const dollars = body.split('$').length - 1;
  const octets = parts.reduce((sum, part) => sum + part.length, parts.length - 1) - 2 * dollars;
  const length = octets + (anchored ? 1 : 0);
  const prefix = parts[0] ?? '';
  if (parts.length > 1) return { length, matches: (path) => matchesParts(path, parts, anchored) };
  if (anchored) return { length, matches: (path) => path === prefix };
  return { length, matches: (path) => path.startsWith(prefix) };
}

/** Path and query of a URL in the spelling that patterns are compared with; `/` when it has no path. */
export function normalizeRobotsPath(url: string): string {
  const scheme = url.indexOf('://');
  let start = scheme < 0 ? 0 : scheme + 3;
  if (scheme >= 0) while (start < url.length && !'/?#'.includes(url.charAt(start))) start++;
  const fragment = url.indexOf('#', start);
  const path = url.slice(start, fragment < 0 ? undefined : fragment);
  const rooted = path.startsWith('/') ? path : `/${path}`;
  return normalizeOctets(rooted);
}

/**
 * Leftmost match of the pieces between the `*`: each piece is searched once, behind the one before, so the
 * work is at most linear in the path and the pattern, and no value can make it explode.
 */
function matchesParts(path: string, parts: readonly string[], anchored: boolean): boolean {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (!path.startsWith(first)) return false;
  const end = anchored ? path.length - last.length : path.length;
  if (anchored && !path.endsWith(last)) return false;
  let at = first.length;
  const searched = anchored ? parts.length - 1 : parts.length;
  for (let i = 1; i < searched; i++) {
    const part = parts[i] ?? '';
    const found = path.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= end;
}

/** ASCII without `%`, `*` and `$`: nothing to rewrite. */
const PLAIN = /^[!"&-)+-~#]*$/;
const UNRESERVED = /^[A-Za-z0-9._~-]$/;
const ESCAPES = /%[0-9a-fA-F]{2}|[*$\u0080-\u{10ffff}]/gu;

/**
 * RFC 9309, 2.2.2: escapes of unreserved characters are undone, other escapes written in upper case, and
 * characters outside ASCII escaped as UTF-8. `%2F` stays apart from `/`. A literal `*` or `$` is escaped, so
 * that it is compared with `%2A` and `%24`, the way in which patterns write these two (2.2.3).
 */
function normalizeOctets(path: string): string {
  if (PLAIN.test(path)) return path;
  return path.replace(ESCAPES, (match) => {
    if (match.charAt(0) !== '%') return escapeUtf8(match);
    const character = String.fromCharCode(Number.parseInt(match.slice(1), 16));
    return UNRESERVED.test(character) ? character : match.toUpperCase();
  });
}

const utf8 = new TextEncoder();

function escapeUtf8(character: string): string {
  let escaped = '';
  for (const byte of utf8.encode(character))
    escaped += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return escaped;
}
