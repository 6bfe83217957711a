import { newId } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/**
 * Gives a new execution the list of sitemap files of the one it repeats. What a file named then stands for its content
 * now, so it is not fetched again; one that was never read, since the execution ended before its turn, is read
 * anew. Returns how many files there are.
 */
export async function pinSitemaps(
  tx: Tx,
  execution: { readonly executionId: string; readonly tenantId: string; readonly campaignId: string },
  repeatsExecutionId: string,
): Promise<number> {
  const earlier = await tx.sql<{ id: string }[]>`
    select id from execution_sitemaps where execution_id = ${repeatsExecutionId} order by id`;
  if (earlier.length === 0) return 0;
  const oldIds = earlier.map(({ id }) => id);
  const pinned = await tx.sql`
    with renamed as materialized (
      select * from unnest(${oldIds}::uuid[], ${oldIds.map(() => newId())}::uuid[]) as r (old_id, new_id)
    )
    insert into execution_sitemaps (id, tenant_id, execution_id, campaign_id, url, url_key, host, parent_id, found_in, depth,
      redirects, files_named, pinned_id)
    select renamed.new_id, ${execution.tenantId}, ${execution.executionId}, ${execution.campaignId}, file.url, file.url_key,
      file.host, parent.new_id, file.found_in, file.depth, file.redirects,
      case when file.state in ('read', 'failed') then file.files_named else 0 end,
      case when file.state in ('read', 'failed') then file.id end
    from renamed
    join execution_sitemaps file on file.id = renamed.old_id
    left join renamed parent on parent.old_id = file.parent_id`;
  return pinned.count;
}
