import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';

/** A sitemap file that a lane is to read. */
export interface ClaimedSitemap {
  readonly id: string;
  readonly url: string;
  readonly urlKey: string;
  readonly host: string;
  readonly depth: number;
  readonly redirects: number;
  readonly attempt: number;
  /** The file of the repeated execution that stands for its content; null for one that is to be fetched. */
  readonly pinnedId: string | null;
}

/** What this many dying lanes held may be what killed them: it is held alone, so that it takes nothing with it. */
const SUSPECT_LEASE_LOSSES = 2;

/**
 * Leases one pending file to a lane, those of the fewest indexes above first, and says under which version of
 * the scope. None while a seed has not been tried: where a seed redirects decides which of the URLs a sitemap
 * names are in scope; and none beside a page that may have killed workers, nor a file that may have beside any
 * page. Fenced by the lane's epoch. Costs one index probe while nothing is pending.
 */
export async function leaseSitemap(
  tx: Tx,
  hold: LaneHold,
): Promise<{ readonly file: ClaimedSitemap; readonly scopeVersion: number } | null> {
  const [row] = await tx.sql<(ClaimedSitemap & { scope_version: number })[]>`
    with lane as materialized (
      select id from execution_lanes
      where id = ${hold.laneId} and epoch = ${hold.epoch} and status = 'active' and lease_until > now()
        and exists (select from execution_sitemaps where execution_id = ${hold.executionId} and state = 'pending')
      for update
    ), picked as materialized (
      select candidate.id from lane cross join lateral (
        select id from execution_sitemaps file
        where execution_id = ${hold.executionId} and state = 'pending' and not_before <= now() and ${seedsAreTried(tx, hold)}
          and not exists (select from crawl_targets target
            where target.execution_id = ${hold.executionId} and target.lane_id = ${hold.laneId} and target.state = 'leased'
              and greatest(target.lease_losses, file.lease_losses) >= ${SUSPECT_LEASE_LOSSES})
        order by depth, id limit 1 for update skip locked
      ) candidate
    )
    update execution_sitemaps file
    set state = 'reading', lane_id = ${hold.laneId}, lane_epoch = ${hold.epoch}, attempt = attempt + 1
    from picked, campaign_executions execution
    where file.id = picked.id and execution.id = ${hold.executionId}
    returning file.id, file.url, file.url_key as "urlKey", file.host, file.depth, file.redirects, file.attempt, file.pinned_id as "pinnedId",
      execution.scope_version`;
  if (row === undefined) return null;
  const { scope_version: scopeVersion, ...file } = row;
  return { file, scopeVersion };
}

/** Seeds come first on their host, so one probe per host of the scope finds one that has not been tried. */
function seedsAreTried(tx: Tx, { executionId }: LaneHold) {
  return tx.sql`
    not exists (
      select from campaign_executions execution
      cross join unnest(execution.scope_hosts) as scoped (host)
      cross join lateral (
        select is_seed, attempt from crawl_targets target
        where target.execution_id = ${executionId} and target.host = scoped.host and target.state = 'pending'
        order by priority desc, discovery_order limit 1
      ) next
      where execution.id = ${executionId} and next.is_seed and next.attempt = 0
    ) and not exists (
      select from crawl_targets target
      where target.execution_id = ${executionId} and target.state = 'leased' and target.is_seed and target.attempt <= 1
    )`;
}
