import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';
import { insertDiscoveries } from '../records/insert-discoveries.js';
import type { Discovery } from '../records/settlement.js';
import { keepTrapBudgets } from '../traps/keep-budgets.js';
import { holdsLane } from './hold-lane.js';
import type { ClaimedSitemap } from './lease-sitemap.js';

/** A URL that a sitemap names, with the decision on it and what the sitemap says of it. */
export interface SitemapUrl {
  readonly discovery: Discovery;
  readonly lastmod: Date | null;
  readonly changefreq: string | null;
  readonly priority: number | null;
  readonly alternates: readonly { readonly hreflang: string; readonly href: string }[];
}

/**
 * Writes a part of a file's URLs in the caller's transaction: the decisions on those that are new to the
 * execution, and that this file names them. Fenced by the lane's epoch, and idempotent: a file read again after
 * its worker died, or a part sent twice, adds nothing that is there. False when the lane is another's.
 */
export async function commitSitemapUrls(
  tx: Tx,
  hold: LaneHold,
  file: ClaimedSitemap,
  urls: readonly SitemapUrl[],
): Promise<boolean> {
  if (!(await holdsLane(tx, hold))) return false;
  const discoveries = await keepTrapBudgets(
    tx,
    hold,
    urls.map(({ discovery }) => discovery),
  );
  const found = await insertDiscoveries(tx, hold, discoveries);
  await insertSitemapUrls(tx, hold, file, urls);
  await Promise.all([
    tx.sql`
      update execution_lanes
      set discovered = discovered + ${found.discovered}, skipped = skipped + ${found.skipped - found.allowed}
      where id = ${hold.laneId}`,
    tx.sql`
      update campaign_metrics set urls_discovered = urls_discovered + ${found.discovered}, last_activity_at = now()
      where campaign_id = ${hold.campaignId}`,
  ]);
  return true;
}

async function insertSitemapUrls(
  tx: Tx,
  hold: LaneHold,
  file: ClaimedSitemap,
  urls: readonly SitemapUrl[],
): Promise<void> {
  const column = <T>(pick: (url: SitemapUrl) => T): T[] => urls.map(pick);
  await tx.sql`
    insert into sitemap_urls (execution_id, url_key, sitemap_id, tenant_id, lastmod, changefreq, priority, alternates)
    select ${hold.executionId}, url_key, ${file.id}, ${hold.tenantId}, lastmod, changefreq, priority, alternates::jsonb
    from unnest(
      ${column(({ discovery }) => discovery.urlKey)}::uuid[],
      ${column(({ lastmod }) => lastmod?.toISOString() ?? null)}::text[]::timestamptz[],
      ${column(({ changefreq }) => changefreq)}::text[],
      ${column(({ priority }) => priority)}::real[],
      ${column(({ alternates }) => (alternates.length === 0 ? null : JSON.stringify(alternates)))}::text[]
    ) as named (url_key, lastmod, changefreq, priority, alternates)
    order by url_key
    on conflict (execution_id, url_key, sitemap_id) do nothing`;
}
