import type { Tx } from '../connect/database.js';
import { isBusyCampaign, RESTORABLE_HOURS } from './delete-campaign.js';

const LAST_KEY = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const LAST_TIME = '9999-12-31T23:59:59Z';

/** Where the records of a campaign lie, each with the column that its index by campaign goes on with, and its last value. */
const RECORDS = [
  ['event_stream', 'seq', String(Number.MAX_SAFE_INTEGER)],
  ['campaign_errors', 'id', LAST_KEY],
  ['crawler_performance_metrics', 'recorded_at', LAST_TIME],
  ['schedule_ticks', 'scheduled_for', LAST_TIME],
  ['campaign_seeds', 'id', LAST_KEY],
  ['lane_losses', 'id', LAST_KEY],
  ['quarantined_urls', 'url_key', LAST_KEY],
] as const;

/** Campaigns that were deleted for good, or whose time to be restored is over, the longest deleted first. System role only. */
export async function listCampaignsToRemove(tx: Tx): Promise<string[]> {
  const rows = await tx.sql<{ id: string }[]>`
    select id from crawler_campaigns where deleted_at is not null and ${isRemovable(tx)} order by deleted_at, id`;
  return rows.map(({ id }) => id);
}

/**
 * What a batch came to: rows are left; the campaign is gone; it has an execution that has not ended, and nothing was done; or
 * it is not to be removed, or somebody else is at it.
 */
export type RemovalOutcome = 'more' | 'removed' | 'busy' | 'passed';

/**
 * Removes a part of a deleted campaign: some ended executions, whose pages, links and errors are left to `sweepExpired`; once there are
 * none, about `rows` rows of its own records; and with the last of them its row. From the first batch on it cannot be
 * restored. System role only.
 */
export async function removeCampaignBatch(
  tx: Tx,
  campaignId: string,
  limits: { readonly executions: number; readonly rows: number },
): Promise<RemovalOutcome> {
  const locked = await tx.sql`
    select from crawler_campaigns where id = ${campaignId} and deleted_at is not null and ${isRemovable(tx)}
    for update skip locked`;
  if (locked.length === 0) return 'passed';
  if (await isBusyCampaign(tx, campaignId)) return 'busy';
  await tx.sql`
    update crawler_campaigns set removed_at = clock_timestamp() where id = ${campaignId} and removed_at is null`;
  if ((await expireExecutionsOf(tx, campaignId, limits.executions)) > 0) return 'more';
  if ((await removeRecords(tx, campaignId, limits.rows)) >= limits.rows) return 'more';
  await tx.sql`delete from crawler_campaigns where id = ${campaignId}`;
  return 'removed';
}

function isRemovable(tx: Tx) {
  return tx.sql`
    (removed_at is not null or deleted_at < clock_timestamp() - ${RESTORABLE_HOURS} * interval '1 hour')`;
}

async function expireExecutionsOf(tx: Tx, campaignId: string, limit: number): Promise<number> {
  // What goes with the rows is a matter of the sweeper's: see the trigger of campaign_executions.
  await tx.sql`select set_config('app.expiring', 'on', true)`;
  const expired = await tx.sql`
    with removed as (
      delete from campaign_executions where id in (
        select id from campaign_executions where campaign_id = ${campaignId} order by id limit ${limit} for update)
      returning id, tenant_id, campaign_id
    )
    insert into expired_executions (execution_id, tenant_id, campaign_id) select id, tenant_id, campaign_id from removed`;
  return expired.count;
}

/** Removes about `limit` records, and returns how many. */
async function removeRecords(tx: Tx, campaignId: string, limit: number): Promise<number> {
  let removed = 0;
  for (const [table, key, last] of RECORDS) {
    // A range of the index, whose two ends are probes: what is removed costs, and not what is left.
    const rows = await tx.sql`
      delete from ${tx.sql(table)} where campaign_id = ${campaignId} and ${tx.sql(key)} <= coalesce((
        select ${tx.sql(key)} from ${tx.sql(table)} where campaign_id = ${campaignId}
        order by ${tx.sql(key)} offset ${limit - removed - 1} limit 1), ${last})`;
    removed += rows.count;
    if (removed >= limit) break;
  }
  return removed;
}
