import { type CampaignConfig, campaignConfig, OutriderError } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/** What a start needs to know of its campaign. */
export interface LockedCampaign {
  readonly config: CampaignConfig;
  readonly configRevision: number;
  readonly isArchived: boolean;
}

/**
 * Locks a campaign's row until the transaction ends, so that of two starts at once the second sees the
 * first one's execution. The configuration comes back with every default filled in. Throws `not_found`.
 */
export async function lockCampaign(tx: Tx, campaignId: string): Promise<LockedCampaign> {
  const [row] = await tx.sql<{ config: unknown; config_revision: number; is_archived: boolean }[]>`
    select config, config_revision, status = 'archived' as is_archived from crawler_campaigns
    where id = ${campaignId} and deleted_at is null for no key update`;
  if (row === undefined) throw new OutriderError('not_found', 'There is no such campaign.');
  return {
    config: campaignConfig.parse(row.config),
    configRevision: row.config_revision,
    isArchived: row.is_archived,
  };
}
