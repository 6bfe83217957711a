import { newId, type Seed, urlKey } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { scanSlice } from '../cursors/bounded-scan.js';
import type { Place, Slice } from '../cursors/slice.js';
import { isoTime } from '../times/iso-time.js';

export type SeedSource = Seed['source'];

/** Rows per statement: a parameter array of some megabytes at most. */
const CHUNK = 10_000;

/**
 * Adds normalised URLs to the seeds of a campaign, in their order, and returns how many were new. Those it
 * has already stay as they are.
 */
export async function insertSeeds(
  tx: Tx,
  campaign: { readonly tenantId: string; readonly campaignId: string },
  urls: readonly string[],
  source: SeedSource,
): Promise<number> {
  let inserted = 0;
  for (let start = 0; start < urls.length; start += CHUNK) {
    const chunk = urls.slice(start, start + CHUNK);
    const done = await tx.sql`
      insert into campaign_seeds (id, tenant_id, campaign_id, url, url_key, source)
      select id, ${campaign.tenantId}, ${campaign.campaignId}, url, url_key, ${source}
      from unnest(
        ${chunk.map(() => newId())}::uuid[], ${chunk}::text[], ${chunk.map((url) => urlKey(url))}::uuid[]
      ) as seed (id, url, url_key)
      on conflict (campaign_id, url_key) do nothing`;
    inserted += done.count;
  }
  return inserted;
}

/** Removes seeds by their normalised URLs; returns how many there were. */
export async function deleteSeeds(tx: Tx, campaignId: string, urls: readonly string[]): Promise<number> {
  const done = await tx.sql`
    delete from campaign_seeds
    where campaign_id = ${campaignId} and url_key = any(${urls.map((url) => urlKey(url))}::uuid[])`;
  return done.count;
}

/** Which seeds of a campaign to list. */
export interface SeedFilter {
  readonly campaignId: string;
  readonly limit: number;
  readonly after: Place | null;
  readonly urlContains?: string | undefined;
  readonly rowsLookedAt?: number | undefined;
}

interface SeedRow {
  id: string;
  url: string;
  source: SeedSource;
  created_at: Date;
}

/**
 * Seeds in the order in which they were added. A slice may hold fewer than were asked for and yet not be the last,
 * see `scanSlice`.
 */
export function listSeeds(tx: Tx, filter: SeedFilter): Promise<Slice<Seed>> {
  const { campaignId, limit, after, urlContains } = filter;
  return scanSlice<SeedRow, Pick<SeedRow, 'id'>, Seed>(tx, {
    candidates: tx.sql`
      select * from campaign_seeds
      where campaign_id = ${campaignId} ${after === null ? tx.sql`` : tx.sql`and id > ${after[0] ?? ''}::uuid`}
      order by id`,
    as: tx.sql`seed`,
    columns: tx.sql`id, url, source, created_at`,
    filter: urlContains === undefined ? tx.sql`` : tx.sql`and strpos(lower(url), lower(${urlContains})) > 0`,
    order: tx.sql`seed.id`,
    place: tx.sql`seed.id`,
    limit,
    present: (row) => ({ id: row.id, url: row.url, source: row.source, createdAt: isoTime(row.created_at) }),
    placeOf: (row) => [row.id],
    rowsLookedAt: filter.rowsLookedAt,
  });
}
