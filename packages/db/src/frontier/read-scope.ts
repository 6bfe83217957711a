import type { Tx } from '../connect/database.js';

/** What a lane decides URLs by: the hosts in scope, their version, and the seeds. */
export async function readScope(
  tx: Tx,
  executionId: string,
): Promise<{ hosts: string[]; version: number; seedUrls: string[] }> {
  const [row] = await tx.sql<{ scope_hosts: string[]; scope_version: number }[]>`
    select scope_hosts, scope_version from campaign_executions where id = ${executionId}`;
  const seeds = await tx.sql<{ url: string }[]>`
    select url from crawl_targets where execution_id = ${executionId} and is_seed order by discovery_order limit 1000`;
  return {
    hosts: row?.scope_hosts ?? [],
    version: row?.scope_version ?? 0,
    seedUrls: seeds.map(({ url }) => url),
  };
}
