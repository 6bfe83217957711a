import { MAX_SITEMAP_FILES, newId, type SitemapSource } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { lockExecution } from '../executions/lock-execution.js';
import type { LaneHold } from '../lanes/take-lane.js';
import { holdsLane } from './hold-lane.js';

/** A sitemap file to be read, by its normalised URL. */
export interface NewSitemap {
  readonly url: string;
  readonly urlKey: string;
  readonly host: string;
  readonly foundIn: SitemapSource;
  /** The index that names it or the file that redirects to it; null for what robots.txt or the campaign names. */
  readonly parentId: string | null;
  /** Indexes above it. */
  readonly depth: number;
  /** Redirects that led to it. */
  readonly redirects: number;
}

export interface AddedSitemaps {
  readonly added: number;
  /** Left out, since the execution has as many files as it may. */
  readonly tooMany: number;
}

/**
 * Puts files on an execution's list, each URL once and MAX_SITEMAP_FILES in all; what is on it stays as it is.
 * The execution's row must be locked, or new: two lanes could otherwise pass the limit together.
 */
export async function insertSitemaps(
  tx: Tx,
  execution: { readonly executionId: string; readonly tenantId: string; readonly campaignId: string },
  files: readonly NewSitemap[],
): Promise<AddedSitemaps> {
  const distinct = [...new Map(files.map((file) => [file.urlKey, file])).values()];
  if (distinct.length === 0) return { added: 0, tooMany: 0 };
  const column = <T>(pick: (file: NewSitemap) => T): T[] => distinct.map(pick);
  const [counts] = await tx.sql<{ fresh: number; added: number }[]>`
    with fresh as materialized (
      select * from unnest(
        ${column(() => newId())}::uuid[],
        ${column((file) => file.url)}::text[],
        ${column((file) => file.urlKey)}::uuid[],
        ${column((file) => file.host)}::text[],
        ${column((file) => file.parentId)}::uuid[],
        ${column((file) => file.foundIn)}::text[],
        ${column((file) => file.depth)}::smallint[],
        ${column((file) => file.redirects)}::smallint[]
      ) with ordinality as f (id, url, url_key, host, parent_id, found_in, depth, redirects, place)
      where not exists (select from execution_sitemaps known
        where known.execution_id = ${execution.executionId} and known.url_key = f.url_key)
    ), added as (
      insert into execution_sitemaps (id, tenant_id, execution_id, campaign_id, url, url_key, host, parent_id,
        found_in, depth, redirects)
      select id, ${execution.tenantId}, ${execution.executionId}, ${execution.campaignId}, url, url_key, host,
        parent_id, found_in, depth, redirects
      from fresh order by place
      limit greatest(0, ${MAX_SITEMAP_FILES} - (select count(*) from execution_sitemaps
        where execution_id = ${execution.executionId}))
      returning 1
    )
    select (select count(*) from fresh)::int as fresh, (select count(*) from added)::int as added`;
  const { fresh = 0, added = 0 } = counts ?? {};
  return { added, tooMany: fresh - added };
}

/**
 * The same by a lane, for what a robots.txt names, under its hold; null when the lane is another's. An execution that repeats
 * another has the list of that one, and what robots.txt names by now is not added to it.
 */
export async function addSitemaps(
  tx: Tx,
  hold: LaneHold,
  files: readonly NewSitemap[],
): Promise<AddedSitemaps | null> {
  await lockExecution(tx, hold.executionId);
  if (!(await holdsLane(tx, hold))) return null;
  const repeats = await tx.sql`
    select 1 from campaign_executions where id = ${hold.executionId} and repeats_execution_id is not null`;
  return repeats.length === 0 ? insertSitemaps(tx, hold, files) : { added: 0, tooMany: 0 };
}
