import type { ClaimedTarget, CrawlError, Discovery, RedirectHop } from '@outrider/db';
import { normalizeUrl } from '@outrider/shared';
import type { FetchResponse } from '../fetch/fetch-outcome.js';
import { crawlError } from '../record/crawl-errors.js';
import { type DiscoveryRules, discoverRedirect } from '../record/link-discovery.js';
import type { PageRedirect } from '../record/page-redirect.js';

export interface RedirectFindings {
  readonly url: string | null;
  readonly discoveries: readonly Discovery[];
  readonly errors: readonly CrawlError[];
  readonly scopeHost: string | null;
}

/** Where a redirect leads, as a target of its own; what is wrong with it, as an error of the page that sent it. */
export function settleRedirect(
  target: ClaimedTarget,
  response: Pick<FetchResponse, 'status' | 'headers' | 'timings'>,
  redirect: PageRedirect | null,
  rules: DiscoveryRules,
): RedirectFindings {
  const none = { url: null, discoveries: [], errors: [], scopeHost: null };
  if (redirect === null) return none;
  const failed = (
    code: 'bad_redirect' | 'redirect_loop' | 'too_many_redirects' | 'blocked',
    message: string,
    url: string | null = null,
  ): RedirectFindings => ({
    ...none,
    url,
    errors: [
      crawlError(target, {
        errorType: code === 'blocked' ? 'blocked' : 'validation',
        severity: 'error',
        code,
        message,
        status: response.status,
        context: { location: redirect.raw, redirectType: redirect.type, hops: target.redirectHops },
      }),
    ],
  });
  const normalized = redirect.url === null ? null : normalizeUrl(redirect.url);
  if (normalized === null || !normalized.ok) {
    const problem = redirect.problem ?? (normalized?.ok === false ? normalized.problem : 'invalid');
    return failed('bad_redirect', `the redirect leads nowhere that can be fetched (its target: ${problem})`);
  }
  const hop: RedirectHop = {
    url: target.url,
    status: response.status,
    type: redirect.type,
    ms: response.timings.totalMs,
  };
  const hops = [...target.redirectHops, hop];
  // As the crawl knows it: without the parameters that the campaign strips.
  const { url: destination } = rules.memory.identify(normalized.url);
  if (hops.some(({ url }) => url === destination)) {
    // To itself with a cookie: it goes on until the cookie comes back, which this crawler never sends (decision 0014).
    if (destination === target.url && response.headers.some(([name]) => name === 'set-cookie'))
      return failed('blocked', 'the site lets nobody in who does not keep its cookie', normalized.url);
    return failed('redirect_loop', 'the redirect leads back to a URL that led here', normalized.url);
  }
  const { discovery, scopeHost } = discoverRedirect(target, normalized.url, hops, rules);
  const found = { url: normalized.url, discoveries: [discovery], scopeHost };
  if (discovery.skip?.reason !== 'redirect_limit') return { errors: [], ...found };
  const { errors } = failed('too_many_redirects', `the redirect is number ${hops.length} of its chain`);
  return { errors, ...found };
}
