import type { Tx } from '../connect/database.js';

/** The ids of the campaign's executions that have not ended, youngest first: in the order in which several of them are locked. */
export async function listLiveExecutions(tx: Tx, campaignId: string): Promise<string[]> {
  const rows = await tx.sql<{ id: string }[]>`
    select id from campaign_executions
    where campaign_id = ${campaignId} and completed_at is null order by number desc`;
  return rows.map(({ id }) => id);
}
