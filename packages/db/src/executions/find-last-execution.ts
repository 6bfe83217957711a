import type { Tx } from '../connect/database.js';

/** The id of the campaign's newest execution, or null before there is one. */
export async function findLastExecution(tx: Tx, campaignId: string): Promise<string | null> {
  const [row] = await tx.sql<{ id: string }[]>`
    select id from campaign_executions where campaign_id = ${campaignId} order by number desc limit 1`;
  return row?.id ?? null;
}
