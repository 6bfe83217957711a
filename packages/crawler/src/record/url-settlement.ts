import type { ClaimedTarget, CrawlError, Discovery, Settlement, Verdict } from '@outrider/db';

/** A settlement that still knows its URL, for the error that is left when its record is refused. */
export interface UrlSettlement extends Settlement {
  readonly url: string;
  readonly host: string;
}

/** What became of a claimed URL, and what was found on the way. */
export function settle(
  target: ClaimedTarget,
  verdict: Verdict,
  found: { discoveries?: readonly Discovery[]; errors?: readonly CrawlError[]; closesPattern?: string } = {},
): UrlSettlement {
  return {
    url: target.url,
    host: target.host,
    urlKey: target.urlKey,
    attempt: target.attempt,
    verdict,
    discoveries: found.discoveries ?? [],
    errors: found.errors ?? [],
    ...(found.closesPattern === undefined ? {} : { closesPattern: found.closesPattern }),
  };
}
