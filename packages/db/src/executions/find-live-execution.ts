import type { Tx } from '../connect/database.js';

/** The id of the campaign's execution that has not ended, or null. */
export async function findLiveExecution(tx: Tx, campaignId: string): Promise<string | null> {
  const [row] = await tx.sql<{ id: string }[]>`
    select id from campaign_executions
    where campaign_id = ${campaignId} and completed_at is null order by id desc limit 1`;
  return row?.id ?? null;
}
