import type { HostSample } from '@outrider/db';
import type { CampaignConfig, PlannedHost } from '@outrider/shared';

/** Response time of a site that was never crawled, in milliseconds. Stated in every plan that rests on it. */
export const ASSUMED_MS = 300;

export interface HostFacts {
  readonly host: string;
  /** Of the asked URLs, those that are in. */
  readonly urlsIn: number;
  readonly robots: PlannedHost['robots'];
  /** What the last execution fetched of it. */
  readonly last: HostSample | null;
}

/**
 * How long a host takes under the politeness set; pure. With a delay between starts that delay is the pace;
 * without, as many fetches run at once as the campaign allows, each for the site's response time. Pages are
 * those of the last execution, or the asked URLs that are in, whichever are more.
 */
export function estimateHost(facts: HostFacts, { politeness }: CampaignConfig): PlannedHost {
  const { host, urlsIn, robots, last } = facts;
  const delayMs = Math.round(Math.max(politeness.delayMs, (robots.crawlDelaySeconds ?? 0) * 1_000));
  const averageMs = last?.averageMs ?? ASSUMED_MS;
  const concurrency = delayMs > 0 ? 1 : politeness.maxConcurrencyPerHost;
  const msPerPage =
    delayMs > 0 ? Math.max(delayMs, averageMs / politeness.maxConcurrencyPerHost) : averageMs / concurrency;
  const pages = Math.max(urlsIn, last?.pages ?? 0);
  return {
    host,
    urlsIn,
    robots,
    delayMs,
    concurrency,
    lastPages: last?.pages ?? null,
    lastAverageMs: last === null ? null : Math.round(last.averageMs * 10) / 10,
    pages,
    seconds: Math.round((pages * msPerPage) / 100) / 10,
  };
}
