import { type CampaignConfig, campaignConfig, OutriderError } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/** A campaign as it stands, locked until the transaction ends. */
export interface EditableCampaign {
  readonly name: string;
  readonly status: 'active' | 'archived';
  readonly config: CampaignConfig;
  readonly configRevision: number;
}

/** Reads a campaign and locks its row, so that of two edits at once the second sees the first. Throws `not_found`. */
export async function lockCampaignForEdit(tx: Tx, campaignId: string): Promise<EditableCampaign> {
  const [row] = await tx.sql<
    { name: string; status: 'active' | 'archived'; config: unknown; configRevision: number }[]
  >`
    select name, status, config, config_revision as "configRevision"
    from crawler_campaigns where id = ${campaignId} for no key update`;
  if (row === undefined) throw new OutriderError('not_found', 'There is no such campaign.');
  return { ...row, config: campaignConfig.parse(row.config) };
}

/** Writes a campaign's name and status. The row must be locked. */
export async function updateCampaign(
  tx: Tx,
  campaignId: string,
  change: { readonly name: string; readonly status: 'active' | 'archived' },
): Promise<void> {
  await tx.sql`
    update crawler_campaigns set name = ${change.name}, status = ${change.status} where id = ${campaignId}`;
}

/** Writes a configuration as the campaign's next revision and returns its number. The row must be locked. */
export async function insertConfigRevision(
  tx: Tx,
  campaignId: string,
  revision: { readonly tenantId: string; readonly config: CampaignConfig; readonly createdBy: string },
): Promise<number> {
  const config = JSON.stringify(revision.config);
  const [row] = await tx.sql<{ revision: number }[]>`
    with campaign as (
      update crawler_campaigns set config = ${config}::text::jsonb, config_revision = config_revision + 1
      where id = ${campaignId} returning config_revision
    )
    insert into campaign_config_revisions (campaign_id, revision, tenant_id, config, created_by)
    select ${campaignId}::uuid, config_revision, ${revision.tenantId}::uuid, ${config}::text::jsonb,
      ${revision.createdBy}::uuid
    from campaign
    returning revision`;
  if (row === undefined) throw new Error(`campaign ${campaignId} vanished while it was locked`);
  return row.revision;
}
