import type { Tx } from '../connect/database.js';

/** All seeds of a campaign, in the order in which they were added. */
export async function listSeedUrls(tx: Tx, campaignId: string): Promise<string[]> {
  const rows = await tx.sql<{ url: string }[]>`
    select url from campaign_seeds where campaign_id = ${campaignId} order by id`;
  return rows.map((row) => row.url);
}

/** The seeds that an execution began with, those it skipped too, in their order. */
export async function listExecutionSeeds(tx: Tx, executionId: string): Promise<string[]> {
  const rows = await tx.sql<{ url: string }[]>`
    select log.discovered_url as url from url_discovery_log log
    left join crawl_targets target on target.execution_id = log.execution_id and target.url_key = log.url_hash
    where log.execution_id = ${executionId} and log.discovery_method = 'seed'
    order by target.discovery_order nulls last, log.url_hash`;
  return rows.map((row) => row.url);
}
