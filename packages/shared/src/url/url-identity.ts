import type { ScopeConfig } from '../campaign/campaign-config.js';
import { createParamStripper } from './strip-params.js';

export type UrlIdentity = (normalizedUrl: string) => string;

/**
 * The identity of URLs within a campaign: of URLs with the same result only one is crawled. Starts from
 * what `normalizeUrl` gives, which is the same for every campaign, and applies what the campaign says:
 * `stripParams` (see createParamStripper), then `sortParams`.
 *
 * Contract, held by property tests: the result is normalised; applying it again changes nothing; scheme,
 * host and port never change; without `;` patterns the path never changes; no parameter is added, none is
 * respelt, and those of one name keep their order.
 */
export function createUrlIdentity(scope: Pick<ScopeConfig, 'stripParams' | 'sortParams'>): UrlIdentity {
  const strip = createParamStripper(scope.stripParams);
  if (!scope.sortParams) return strip;
  return (url) => sortParams(strip(url));
}

/** Parameters in the order of their names as they are spelt; those of one name stay as they stand. */
function sortParams(url: string): string {
  const question = url.indexOf('?');
  if (question === -1 || !url.includes('&', question)) return url;
  const pairs = url
    .slice(question + 1)
    .split('&')
    .map((pair) => ({ pair, name: pair.split('=', 1)[0] ?? '' }));
  pairs.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return `${url.slice(0, question)}?${pairs.map(({ pair }) => pair).join('&')}`;
}
