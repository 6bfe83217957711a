import { OutriderError } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { isoTime } from '../times/iso-time.js';

/** For how long a deletion can be undone. */
export const RESTORABLE_HOURS = 24;

/**
 * Takes a campaign out of sight, from where it can be restored for a day. Throws `not_found`, and `campaign_busy` while an
 * execution has not ended: its workers still write.
 */
export async function deleteCampaign(tx: Tx, campaignId: string): Promise<void> {
  await lockIdleCampaign(tx, campaignId);
  await seeDeleted(tx);
  await tx.sql`update crawler_campaigns set deleted_at = clock_timestamp() where id = ${campaignId}`;
}

/**
 * Gives a campaign to be removed with its executions and their records, be it deleted already or not; from now on it cannot be
 * restored. The rows go in batches: see `removeCampaignBatch`. Throws as `deleteCampaign` does.
 */
export async function deleteCampaignForGood(tx: Tx, campaignId: string): Promise<void> {
  await seeDeleted(tx);
  await lockIdleCampaign(tx, campaignId);
  await tx.sql`
    update crawler_campaigns set deleted_at = coalesce(deleted_at, clock_timestamp()), removed_at = clock_timestamp()
    where id = ${campaignId}`;
}

/** Puts a deleted campaign back into sight, and says whether it was deleted at all. Throws `not_found` once its removal has begun. */
export async function restoreCampaign(tx: Tx, campaignId: string): Promise<boolean> {
  await seeDeleted(tx);
  const [campaign] = await tx.sql<{ deleted: boolean }[]>`
    select deleted_at is not null as deleted from crawler_campaigns
    where id = ${campaignId} and removed_at is null for update`;
  if (campaign === undefined) throw notFound();
  if (campaign.deleted) await tx.sql`update crawler_campaigns set deleted_at = null where id = ${campaignId}`;
  return campaign.deleted;
}

/** A campaign that is out of sight, and can be restored. */
export interface DeletedCampaign {
  readonly id: string;
  readonly name: string;
  readonly executionsTotal: number;
  readonly deletedAt: string;
  readonly restorableUntil: string;
}

interface DeletedRow {
  id: string;
  name: string;
  executions_total: number;
  deleted_at: Date;
  until: Date;
}

/** The tenant's deleted campaigns, the newest campaign first. */
export async function listDeletedCampaigns(
  tx: Tx,
  { limit, after }: { readonly limit: number; readonly after: Place | null },
): Promise<Slice<DeletedCampaign>> {
  await seeDeleted(tx);
  const rows = await tx.sql<DeletedRow[]>`
    select campaign.id, name, coalesce(executions_total, 0) as executions_total, deleted_at,
      deleted_at + ${RESTORABLE_HOURS} * interval '1 hour' as until
    from crawler_campaigns campaign left join campaign_metrics metrics on metrics.campaign_id = campaign.id
    where deleted_at is not null and removed_at is null ${after === null ? tx.sql`` : tx.sql`and campaign.id < ${after[0] ?? ''}::uuid`}
    order by campaign.id desc limit ${limit + 1}`;
  return sliceOf(
    rows,
    limit,
    (row) => ({
      ...{ id: row.id, name: row.name, executionsTotal: row.executions_total },
      ...{ deletedAt: isoTime(row.deleted_at), restorableUntil: isoTime(row.until) },
    }),
    ({ id }) => [id],
  );
}

/** Makes deleted campaigns visible for the rest of the transaction: see the policy `tenant_isolation`. */
async function seeDeleted(tx: Tx): Promise<void> {
  await tx.sql`select set_config('app.with_deleted', 'on', true)`;
}

/** Whether a campaign has an execution that has not ended. Its row must be locked, by a statement before: else one may start. */
export async function isBusyCampaign(tx: Tx, campaignId: string): Promise<boolean> {
  const live = await tx.sql`
    select from campaign_executions where campaign_id = ${campaignId} and completed_at is null limit 1`;
  return live.length > 0;
}

async function lockIdleCampaign(tx: Tx, campaignId: string): Promise<void> {
  const campaigns = await tx.sql`
    select from crawler_campaigns where id = ${campaignId} and removed_at is null for update`;
  if (campaigns.length === 0) throw notFound();
  if (await isBusyCampaign(tx, campaignId))
    throw new OutriderError('campaign_busy', 'Stop its execution first.');
}

function notFound(): OutriderError {
  return new OutriderError('not_found', 'There is no such campaign.');
}
