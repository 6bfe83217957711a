import { normalizeUrl, type UrlProblem } from '@outrider/shared';
import type { LinkProblem, PathType } from './page-link.js';

/** What a reference on a page leads to. Exactly one of `targetUrl` and `problem` is null. */
export interface LinkTarget {
  readonly targetUrl: string | null;
  readonly problem: LinkProblem | null;
  /** How the reference is written. */
  readonly pathType: PathType;
}

export type LinkResolver = (href: string) => LinkTarget;

/** Results kept over all pages; at about 250 bytes each. */
const MAX_CACHED = 50_000;
/** Longer references are rare and would fill memory. */
const MAX_CACHED_HREF = 512;

/**
 * Results by the directory of the base, then by reference: the navigation of a site repeats on every page of
 * a directory, and resolving a URL is the dearest step of parsing a page. Resolution is a pure function, so
 * what one page put here is right for every other.
 */
const byDirectory = new Map<string, Map<string, LinkTarget>>();
let cached = 0;

/** Resolves references against a normalised http(s) base URL as WHATWG URL parsing does. */
export function createLinkResolver(base: string): LinkResolver {
  const known = targetsOf(directoryOf(base));
  let self: LinkTarget | null = null;
  return (href) => {
    const first = href.charCodeAt(0);
    // An empty reference or a bare fragment means the base document itself.
    if (href === '' || first === 0x23) {
      self ??= resolve('', base);
      return self;
    }
    // `?query` and what WHATWG parsing trims depend on more of the base than its directory.
    if (first <= 0x20 || first === 0x3f || href.length > MAX_CACHED_HREF) return resolve(href, base);
    const hit = known.get(href);
    if (hit !== undefined) return hit;
    const target = resolve(href, base);
    if (!SCHEME_ALONE.test(href)) remember(known, href, target);
    return target;
  };
}

/**
 * A scheme without slashes, as in `http:?x=1`: where it is the base's own, WHATWG parsing resolves the rest against the
 * whole of the base. Tabs and line ends count as nothing there, wherever they stand.
 */
const SCHEME_ALONE = /^h[\t\n\r]*t[\t\n\r]*t[\t\n\r]*p[\t\n\r]*(?:s[\t\n\r]*)?:[\t\n\r]*(?![\t\n\r/\\])/i;

/** The form of a reference as written. */
function pathTypeOf(href: string): PathType {
  let i = 0;
  while (i < href.length && href.charCodeAt(i) <= 0x20) i++;
  if (isSlash(href, i)) return isSlash(href, i + 1) ? 'protocol_relative' : 'root_relative';
  return schemeOf(href, i) === null ? 'relative' : 'absolute';
}

/** The lower-case scheme of a reference that has one, leading white space and controls ignored. */
export function schemeOf(href: string, from = 0): string | null {
  let i = from;
  while (i < href.length && href.charCodeAt(i) <= 0x20) i++;
  const start = i;
  for (; i < href.length; i++) {
    const unit = href.charCodeAt(i) | 0x20;
    const char = href.charCodeAt(i);
    if (char === 0x3a) return i === start ? null : href.slice(start, i).toLowerCase();
    const letter = unit >= 0x61 && unit <= 0x7a;
    const later = (char >= 0x30 && char <= 0x39) || char === 0x2b || char === 0x2d || char === 0x2e;
    if (!letter && (!later || i === start)) return null;
  }
  return null;
}

function resolve(href: string, base: string): LinkTarget {
  const result = normalizeUrl(href, base);
  const pathType = pathTypeOf(href);
  return result.ok
    ? { targetUrl: result.url, problem: null, pathType }
    : { targetUrl: null, problem: problemOf(href, result.problem), pathType };
}

function problemOf(href: string, problem: UrlProblem): LinkProblem {
  switch (problem) {
    case 'unsupported_scheme':
    case 'url_too_long':
      return problem;
    case 'invalid_url':
    case 'credentials_in_url':
      return unsupported(href) ? 'unsupported_scheme' : 'invalid_url';
  }
}

/** `mailto:a@[` does not parse, yet what matters is that nobody would fetch it. */
function unsupported(href: string): boolean {
  const scheme = schemeOf(href);
  return scheme !== null && scheme !== 'http' && scheme !== 'https';
}

function isSlash(href: string, index: number): boolean {
  const unit = href.charCodeAt(index);
  return unit === 0x2f || unit === 0x5c;
}

function directoryOf(base: string): string {
  const query = base.indexOf('?');
  const path = query < 0 ? base : base.slice(0, query);
  return path.slice(0, path.lastIndexOf('/') + 1);
}

function targetsOf(directory: string): Map<string, LinkTarget> {
  const known = byDirectory.get(directory);
  if (known !== undefined) return known;
  const targets = new Map<string, LinkTarget>();
  makeRoom();
  byDirectory.set(directory, targets);
  return targets;
}

function remember(known: Map<string, LinkTarget>, href: string, target: LinkTarget): void {
  makeRoom();
  // A copy of its own: a slice would keep the whole page that it was cut from in memory.
  known.set(Buffer.from(href).toString(), target);
}

/** Counts one more entry. A full cache is emptied: filling it again costs less than keeping an order of use. */
function makeRoom(): void {
  if (cached >= MAX_CACHED) {
    for (const targets of byDirectory.values()) targets.clear();
    byDirectory.clear();
    cached = 0;
  }
  cached++;
}
