import { registrableDomain } from './url-scope.js';

/** The parts of a URL that reports group and sort by. */
export interface UrlParts {
  readonly scheme: string;
  readonly host: string;
  /** By the public suffix list; the host itself for an address or a bare name. */
  readonly registrableDomain: string;
  readonly path: string;
  /** Without the question mark; null when there is none. */
  readonly query: string | null;
  /** Code points. */
  readonly urlLength: number;
  /** Segments of the path that are not empty: 0 for the root. */
  readonly pathDepth: number;
  /** Parameters in the query, empty ones not counted. */
  readonly parameterCount: number;
}

/** The parts of a normalised http(s) URL. */
export function urlParts(url: string): UrlParts {
  const { protocol, host, pathname, search } = new URL(url);
  return {
    scheme: protocol.slice(0, -1),
    host,
    registrableDomain: registrableDomain(host),
    path: pathname,
    query: search === '' ? null : search.slice(1),
    urlLength: [...url].length,
    pathDepth: pathname.split('/').filter((segment) => segment !== '').length,
    parameterCount: search
      .slice(1)
      .split('&')
      .filter((parameter) => parameter !== '').length,
  };
}
