import type { Tx } from '../connect/database.js';

/** All seeds of a campaign, in the order in which they were added. */
export async function listSeedUrls(tx: Tx, campaignId: string): Promise<string[]> {
  const rows = await tx.sql<{ url: string }[]>`
    select url from campaign_seeds where campaign_id = ${campaignId} order by id`;
  return rows.map((row) => row.url);
}
