import type { PageDetail, RedirectType } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

export type Redirects = PageDetail['redirects'];

/** Redirects followed at most: twice what browsers and campaigns follow by default. */
const MAX_HOPS = 20;

/** Statuses whose target stands in for the URL only for now (RFC 9110, section 15.4). */
const TEMPORARY: ReadonlySet<number> = new Set([302, 303, 307]);

interface Step {
  url: string;
  status: number;
  ms: number;
  redirect_url: string | null;
  type: RedirectType | null;
  repeated: boolean;
}

/**
 * Where a URL leads in this execution, hop by hop: each URL that redirects was fetched as a row of its
 * own, so the way is read off their rows. `loop` when it comes back to a URL it has passed.
 */
export async function readRedirects(tx: Tx, executionId: string, urlKey: string): Promise<Redirects> {
  const steps = await tx.sql<Step[]>`
    with recursive way as (
      select url, status_code, total_ms, redirect_url, redirect_key,
        response ->> 'redirectType' as type, 1 as step, array[url_key] as passed, false as repeated
      from crawl_results where execution_id = ${executionId} and url_key = ${urlKey}
      union all
      select next.url, next.status_code, next.total_ms, next.redirect_url, next.redirect_key,
        next.response ->> 'redirectType', way.step + 1,
        way.passed || next.url_key, next.url_key = any(way.passed)
      from way join crawl_results next on next.execution_id = ${executionId} and next.url_key = way.redirect_key
      where way.step <= ${MAX_HOPS} and not way.repeated
    )
    select url, status_code as status, total_ms::float8 as ms, redirect_url, type, repeated from way order by step`;
  return foldRedirects(steps);
}

/** Turns the URLs passed into hops and an end; pure. The end of a loop is the URL it came back to. */
export function foldRedirects(steps: readonly Step[]): Redirects {
  const loop = steps.at(-1)?.repeated ?? false;
  const hops = steps
    .filter((step) => step.redirect_url !== null && !step.repeated)
    .slice(0, MAX_HOPS)
    .map(({ url, status, type, ms }) => ({ url, status, type: type ?? 'http', ms }));
  const last = steps.at(-1);
  if (last === undefined || hops.length === 0) {
    return { hops: [], count: 0, finalUrl: null, finalStatus: null, loop, temporary: false };
  }
  // A way that ends on a redirect leads to a URL that was not fetched, unless it was only cut there.
  const ended = loop || last.redirect_url === null || steps.length > MAX_HOPS;
  return {
    hops,
    count: hops.length,
    finalUrl: ended ? last.url : last.redirect_url,
    finalStatus: ended ? last.status : null,
    loop,
    temporary: hops.some(({ status }) => TEMPORARY.has(status)),
  };
}
