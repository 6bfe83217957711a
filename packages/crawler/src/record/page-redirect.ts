import { normalizeUrl, type RedirectType, type UrlIdentity } from '@outrider/shared';
import type { FetchResponse } from '../fetch/fetch-outcome.js';
import { createLinkResolver } from '../parse/link-resolver.js';
import type { PageContent } from '../parse/page-content.js';
import { parseRefresh } from '../parse/refresh.js';
import { isSamePage } from './same-page.js';

/** Where an answer sends its reader. Exactly one of `url` and `problem` is null. */
export interface PageRedirect {
  readonly type: RedirectType;
  /** The target as written; null for a redirect without `Location`. */
  readonly raw: string | null;
  /** Absolute http(s) URL. */
  readonly url: string | null;
  readonly problem: string | null;
  /** Seconds a browser waits before it follows; 0 for an HTTP redirect. */
  readonly delaySeconds: number;
}

/**
 * The redirect that an answer is, of whatever kind: a status with `Location`, or on a page of 2xx a `Refresh`
 * header or `<meta http-equiv="refresh">` that leads elsewhere (HTML standard, "shared declarative refresh
 * steps"; the header decides before the element). A page that reloads itself, in whatever spelling is the same
 * page by `identify`, is no redirect, and what an error page refreshes to is no more followed than its links.
 */
export function pageRedirect(
  pageUrl: string,
  response: Pick<FetchResponse, 'status' | 'headers' | 'location'>,
  content: Pick<PageContent, 'indexing'> | null,
  identify: UrlIdentity,
): PageRedirect | null {
  const { location } = response;
  if (location !== null) return { type: 'http', delaySeconds: 0, ...location };
  // 304 is the page of the last time, carried over.
  if ((response.status < 200 || response.status >= 300) && response.status !== 304) return null;
  const refresh = content === null ? headerRefresh(pageUrl, response.headers) : content.indexing.refresh;
  if (refresh === null || isReload(pageUrl, refresh.targetUrl, identify)) return null;
  return {
    type: refresh.source === 'header' ? 'http_refresh' : 'meta_refresh',
    raw: refresh.rawHref,
    url: refresh.targetUrl,
    problem: refresh.problem,
    delaySeconds: refresh.delaySeconds,
  };
}

/** The `Refresh` header of what no parser has read. */
function headerRefresh(
  pageUrl: string,
  headers: FetchResponse['headers'],
): PageContent['indexing']['refresh'] {
  const value = headers.find(([name]) => name === 'refresh')?.[1];
  const refresh = value === undefined ? null : parseRefresh(value);
  if (refresh === null) return null;
  const { targetUrl, problem } = createLinkResolver(pageUrl)(refresh.href);
  return { source: 'header', delaySeconds: refresh.delaySeconds, rawHref: refresh.href, targetUrl, problem };
}

/** Whether a page leads to itself: a fragment moves the view and loads nothing else. */
export function isReload(pageUrl: string, targetUrl: string | null, identify: UrlIdentity): boolean {
  const target = targetUrl === null ? null : normalizeUrl(targetUrl);
  return target?.ok === true && isSamePage(pageUrl, target.url, identify);
}
