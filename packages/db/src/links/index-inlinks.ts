import type { Tx } from '../connect/database.js';

/** Sources that share a row of crawl_inlinks, all but the last of a URL's rows being full: enough to make rows few, few enough to read one for a page of a list. */
export const SOURCES_PER_ROW = 256;

/**
 * Takes an ended execution whose inlinks are not made yet, for the caller's transaction; null when there is
 * none. One that another orchestrator works on is passed over.
 */
export async function takeUnindexedExecution(tx: Tx): Promise<string | null> {
  const [execution] = await tx.sql<{ id: string }[]>`
    select id from campaign_executions where completed_at is not null and inlinks_indexed_at is null
    order by id limit 1 for no key update skip locked`;
  return execution?.id ?? null;
}

/**
 * Makes the inlinks of an ended execution from the links of its pages. It must be taken and have none. The
 * time it takes grows with the links: some seconds for two million.
 */
export async function indexInlinks(tx: Tx, executionId: string): Promise<void> {
  await tx.sql`
    insert into crawl_inlinks (execution_id, target_key, last_source_key, tenant_id, source_keys)
    select ${executionId}, target_key, (array_agg(source_key order by source_key desc))[1], tenant_id,
      array_agg(source_key order by source_key)
    from (
      select page.tenant_id, page.source_key, target_key,
        (row_number() over (partition by target_key order by page.source_key) - 1) / ${SOURCES_PER_ROW} as part
      from crawl_links page cross join unnest(page.target_keys) as target_key
      where page.execution_id = ${executionId}
    ) link
    group by target_key, part, tenant_id`;
  await tx.sql`update campaign_executions set inlinks_indexed_at = now() where id = ${executionId}`;
}
