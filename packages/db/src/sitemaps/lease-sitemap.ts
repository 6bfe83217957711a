import type { WaitingReason } from '@outrider/shared';
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

/** Why a pending file is not to be had: its host is left alone. */
export type SitemapRefusal = Extract<WaitingReason, 'host_backoff' | 'host_frozen'>;

/** A leased file, or why one that is pending waits for its host; null if none is pending or none waits for that. */
export type SitemapLease =
  | { readonly file: ClaimedSitemap; readonly scopeVersion: number }
  | SitemapRefusal
  | null;

type LeaseRow = (ClaimedSitemap & { scope_version: number }) | { id: null; refusal: SitemapRefusal | null };

/**
 * Leases one pending file to a lane, those of the fewest indexes above first, and says under which version of
 * the scope. None while a seed has not been tried: where a seed redirects decides which of the URLs a sitemap
 * names are in scope; none of a host that is left alone, since whoever has a file takes a place in the pace of
 * its host; and none beside a page that may have killed workers, nor a file that may have beside any page.
 * Fenced by the lane's epoch. Costs two index probes while nothing is pending.
 */
export async function leaseSitemap(tx: Tx, hold: LaneHold): Promise<SitemapLease> {
  const [row] = await tx.sql<LeaseRow[]>`
    with lane as materialized (
      select id from execution_lanes
      where id = ${hold.laneId} and epoch = ${hold.epoch} and status = 'active' and lease_until > now()
        and exists (select from execution_sitemaps where execution_id = ${hold.executionId} and state = 'pending')
      for update
    ), picked as materialized (
      select candidate.id from lane cross join lateral (
        select id from execution_sitemaps file
        where execution_id = ${hold.executionId} and state = 'pending' and not_before <= now() and ${seedsAreTried(tx, hold)}
          and not ${isFrozen(tx)} and not ${isBackedOff(tx)}
          and not exists (select from crawl_targets target
            where target.execution_id = ${hold.executionId} and target.lane_id = ${hold.laneId} and target.state = 'leased'
              and greatest(target.lease_losses, file.lease_losses) >= ${SUSPECT_LEASE_LOSSES})
        order by depth, id limit 1 for update skip locked
      ) candidate
    ), leased as (
      update execution_sitemaps file
      set state = 'reading', lane_id = ${hold.laneId}, lane_epoch = ${hold.epoch}, attempt = attempt + 1
      from picked, campaign_executions execution
      where file.id = picked.id and execution.id = ${hold.executionId}
      returning file.id, file.url, file.url_key as "urlKey", file.host, file.depth, file.redirects, file.attempt,
        file.pinned_id as "pinnedId", execution.scope_version
    )
    select leased.*, waiting.refusal
    from (select) as either left join leased on true left join lateral (
      select case when ${isFrozen(tx)} then 'host_frozen' else 'host_backoff' end as refusal
      from execution_sitemaps file
      where execution_id = ${hold.executionId} and state = 'pending' and not exists (select from leased)
        and (${isFrozen(tx)} or ${isBackedOff(tx)})
      limit 1
    ) waiting on true`;
  if (row === undefined) return null;
  if (row.id === null) return row.refusal;
  const { id, url, urlKey, host, depth, redirects, attempt, pinnedId } = row;
  return {
    file: { id, url, urlKey, host, depth, redirects, attempt, pinnedId },
    scopeVersion: row.scope_version,
  };
}

/** A condition on `file`: the tenant has frozen its host. */
function isFrozen(tx: Tx) {
  return tx.sql`exists (
    select from host_freezes frozen where frozen.host = file.host and (frozen.until is null or frozen.until > now()))`;
}

/** A condition on `file`: its host is left alone for a while, by all tenants. */
function isBackedOff(tx: Tx) {
  return tx.sql`exists (select from crawl_hosts known where known.host = file.host and known.backoff_until > now())`;
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
