import type { IndexabilityReason, UrlIdentity } from '@outrider/shared';
import type { PageContent } from '../parse/page-content.js';
import { effectiveRobots, parseRobotsHeader } from '../parse/robots-directives.js';
import { isSamePage } from './same-page.js';

/**
 * Why a URL that answered is not indexable, or null when it is. The status decides before the
 * directives, a `noindex` before a refresh or a canonical that points elsewhere: to what is another page by
 * `identify`. `unavailable_after` a time before `now` is a `noindex`.
 */
export function judgeIndexability(
  url: string,
  status: number,
  headers: readonly (readonly [string, string])[],
  content: PageContent | null,
  robotsToken: string,
  now: Date,
  identify: UrlIdentity,
): IndexabilityReason | null {
  if (status >= 500) return 'server_error';
  if (status >= 400) return 'client_error';
  // 304 stands for a page that the client has. Nothing carried it over here, so there is none.
  if (status < 200 || status === 204 || status === 304) return 'no_response';
  if (status >= 300) return 'redirect';
  if (saysNoindex(headers, content, robotsToken, now)) return 'noindex';
  if (content === null) return 'non_html';
  if (!isSamePage(url, content.indexing.refresh?.targetUrl ?? url, identify)) return 'redirect';
  const canonical = content.indexing.canonicals.find((one) => one.inHead && one.targetUrl !== null);
  return isSamePage(url, canonical?.targetUrl ?? url, identify) ? null : 'canonicalised';
}

/** Whether a page, by its content or for want of one by its headers, is not to be indexed at the time of `now`. */
export function saysNoindex(
  headers: readonly (readonly [string, string])[],
  content: Pick<PageContent, 'indexing'> | null,
  robotsToken: string,
  now: Date,
): boolean {
  const statements =
    content?.indexing.robots ??
    headers.filter(([name]) => name === 'x-robots-tag').flatMap(([, value]) => parseRobotsHeader(value));
  const directives = effectiveRobots(statements, robotsToken);
  return directives.has('noindex') || directives.has('none') || isExpired(directives, now);
}

const UNAVAILABLE_AFTER = 'unavailable_after:';

/** Dates come in the forms of RFC 822, RFC 850 and ISO 8601; one that is none of them says nothing. */
function isExpired(directives: ReadonlySet<string>, now: Date): boolean {
  for (const directive of directives) {
    if (!directive.startsWith(UNAVAILABLE_AFTER)) continue;
    const time = Date.parse(directive.slice(UNAVAILABLE_AFTER.length).toUpperCase());
    if (time <= now.getTime()) return true;
  }
  return false;
}
