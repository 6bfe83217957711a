import type { PageContent } from '../parse/page-content.js';
import { effectiveRobots, parseRobotsHeader } from '../parse/robots-directives.js';

/** Why search engines will not index a URL. */
export type IndexabilityReason =
  | 'noindex'
  | 'canonicalised'
  | 'redirect'
  | 'client_error'
  | 'server_error'
  | 'no_response'
  | 'non_html';

/**
 * Why a URL that answered is not indexable, or null when it is. The status decides before the
 * directives, a `noindex` before a refresh or a canonical that points elsewhere.
 */
export function judgeIndexability(
  url: string,
  status: number,
  headers: readonly (readonly [string, string])[],
  content: PageContent | null,
  robotsToken: string,
): IndexabilityReason | null {
  if (status >= 500) return 'server_error';
  if (status >= 400) return 'client_error';
  if (status >= 300) return 'redirect';
  if (status < 200 || status === 204) return 'no_response';
  const statements =
    content?.indexing.robots ??
    headers.filter(([name]) => name === 'x-robots-tag').flatMap(([, value]) => parseRobotsHeader(value));
  const directives = effectiveRobots(statements, robotsToken);
  if (directives.has('noindex') || directives.has('none')) return 'noindex';
  if (content === null) return 'non_html';
  const refresh = content.indexing.refresh?.targetUrl ?? url;
  if (refresh !== url) return 'redirect';
  const canonical = content.indexing.canonicals.find((one) => one.inHead && one.targetUrl !== null);
  return canonical !== undefined && canonical.targetUrl !== url ? 'canonicalised' : null;
}
