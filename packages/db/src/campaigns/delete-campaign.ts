import { OutriderError } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/**
 * Deletes a campaign with its executions and their records. Throws `not_found`, and `campaign_busy` while
 * an execution has not ended: its workers still write.
 */
export async function deleteCampaign(tx: Tx, campaignId: string): Promise<void> {
  const [campaign] = await tx.sql<{ busy: boolean }[]>`
    select exists (
      select from campaign_executions where campaign_id = campaign.id and completed_at is null
    ) as busy
    from crawler_campaigns campaign where id = ${campaignId} for update`;
  if (campaign === undefined) throw new OutriderError('not_found', 'There is no such campaign.');
  if (campaign.busy) throw new OutriderError('campaign_busy', 'Stop its execution first.');
  await tx.sql`delete from crawler_campaigns where id = ${campaignId}`;
}
