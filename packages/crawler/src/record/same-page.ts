import type { UrlIdentity } from '@outrider/shared';

/**
 * Whether a normalised URL leads to the page itself: to the campaign, spellings that differ in a session id or in
 * the order of parameters may be one page. `identify` gives the identity that the page's own URL is in.
 */
export function isSamePage(pageUrl: string, targetUrl: string, identify: UrlIdentity): boolean {
  return targetUrl === pageUrl || identify(targetUrl) === pageUrl;
}
