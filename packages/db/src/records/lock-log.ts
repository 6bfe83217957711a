import { columnLiteral } from '../connect/array-literal.js';
import type { Tx } from '../connect/database.js';

/**
 * Locks the lines of these URLs in an execution's discovery log until the transaction ends, in the order of their keys: whoever
 * changes lines for more than one reason, or targets that are pending as well, locks all of them first. Each is looked up by
 * itself, since a planner that knows nothing yet of a new execution may else read all of its log.
 */
export async function lockLog(tx: Tx, executionId: string, urlKeys: readonly string[]): Promise<void> {
  if (urlKeys.length === 0) return;
  await tx.sql`
    select count(*) from (select url_key from unnest(${columnLiteral([...new Set(urlKeys)], (key) => key)}::uuid[]) as url_key order by url_key) wanted
    cross join lateral (
      select 1 from url_discovery_log log
      where log.execution_id = ${executionId} and log.url_hash = wanted.url_key limit 1 for update
    ) line`;
}
