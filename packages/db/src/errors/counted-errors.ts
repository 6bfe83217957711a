import type { Tx } from '../connect/database.js';

/** So far back errors of this moment are looked for by their ids, which the clocks of workers make. */
const CLOCKS_DIFFER = '2 minutes';

/**
 * How many errors an execution has of each type, code, host and severity: as its counts have it, which the table's triggers
 * keep. With `before` (ISO 8601) as it was then: what came in since is counted and taken away.
 */
export function countedErrors(tx: Tx, executionId: string, before: string | null) {
  const kept = tx.sql`
    select error_type, error_code, host, severity, errors, unresolved, first_seen, last_seen
    from campaign_error_counts where execution_id = ${executionId}`;
  if (before === null) return kept;
  return tx.sql`
    select error_type, error_code, host, severity, sum(errors) as errors, sum(unresolved) as unresolved,
      min(first_seen) as first_seen, least(max(last_seen), ${before}::timestamptz) as last_seen
    from (
      ${kept}
      union all
      select error_type, error_code, host, severity, -1, case when resolved then 0 else -1 end, null, null
      from campaign_errors
      where execution_id = ${executionId} and occurred_at >= ${before}::timestamptz
        and id >= uuid_v7_floor(${before}::timestamptz - ${CLOCKS_DIFFER}::interval)
    ) counted
    group by error_type, error_code, host, severity having sum(errors) > 0`;
}
