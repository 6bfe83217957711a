import type { CampaignConfig, Plan, PlannedHost } from '@outrider/shared';
import { ASSUMED_MS } from './estimate-hosts.js';

/** The last execution of the campaign, as far as an estimate needs it. */
export interface LastExecution {
  readonly id: string;
  readonly number: number;
  readonly sitemapUrls: number | null;
}

/** How long the whole campaign takes; pure. The page and time limits of the scope cap it. */
export function estimateCampaign(
  hosts: readonly PlannedHost[],
  { scope }: CampaignConfig,
  last: LastExecution | null,
): Plan['estimate'] {
  const all = hosts.reduce((sum, { pages }) => sum + pages, 0);
  const pages = Math.min(all, scope.maxPages);
  const slowest = Math.max(0, ...hosts.map(({ seconds }) => seconds));
  const share = all === 0 ? 0 : pages / all;
  const seconds = Math.min(Math.round(slowest * share * 10) / 10, scope.maxDurationSeconds);
  const basis = last === null ? 'assumptions' : 'last_execution';
  const source =
    last === null
      ? `assuming ${ASSUMED_MS} ms per page, since the campaign has not run yet; links may lead to more pages`
      : `by the pages and response times of execution ${last.number}`;
  const limits = [
    ...(all > scope.maxPages ? ['scope.maxPages ends it'] : []),
    ...(seconds === scope.maxDurationSeconds ? ['scope.maxDurationSeconds ends it'] : []),
  ];
  const ending = limits.length === 0 ? '' : `; ${limits.join(', ')}`;
  return {
    pages,
    seconds,
    basis,
    executionId: last?.id ?? null,
    sitemapUrls: last?.sitemapUrls ?? null,
    sentence: `About ${pages} pages in ${seconds} seconds on ${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}, ${source}${ending}.`,
  };
}
