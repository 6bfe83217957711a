import { OutriderError } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/** A URL in quarantine, with its row locked. */
export interface LockedQuarantine {
  readonly tenantId: string;
  readonly campaignId: string;
  readonly url: string;
}

/**
 * Locks a URL's quarantine, so that of two retries at once the second sees the first. The execution must be
 * locked before. Throws `not_found`, and `illegal_transition` when it is being tried again already.
 */
export async function lockQuarantine(tx: Tx, executionId: string, urlKey: string): Promise<LockedQuarantine> {
  const [row] = await tx.sql<(LockedQuarantine & { retried: boolean })[]>`
    select tenant_id as "tenantId", campaign_id as "campaignId", url, retried_at is not null as retried
    from quarantined_urls where execution_id = ${executionId} and url_key = ${urlKey} for update`;
  if (row === undefined) throw new OutriderError('not_found', 'There is no such URL in quarantine.');
  if (row.retried) throw new OutriderError('illegal_transition', 'The URL is being tried again already.');
  return row;
}

/**
 * Puts a quarantined URL back on the frontier of its execution, under suspicion still: it is leased last and alone, and
 * one more death puts it back into quarantine. Its error is resolved, and the counters no longer count it as
 * failed. Returns false when the frontier does not have it as quarantined. The execution must be locked.
 */
export async function returnQuarantined(
  tx: Tx,
  executionId: string,
  urlKey: string,
  by: string,
): Promise<boolean> {
  const [lane] = await tx.sql<{ id: string }[]>`
    select id from execution_lanes where execution_id = ${executionId} and failed > 0
    order by lane_number limit 1 for update`;
  const returned = await tx.sql`
    update crawl_targets
    set state = 'pending', failure_code = null, settled_at = null, attempt = 0, lease_losses = lease_losses - 1,
        not_before = '-infinity'
    where execution_id = ${executionId} and url_key = ${urlKey} and state = 'failed' and failure_code = 'quarantined'`;
  if (returned.count === 0 || lane === undefined) return false;
  await tx.sql`update execution_lanes set failed = failed - 1, errors = greatest(errors - 1, 0) where id = ${lane.id}`;
  await tx.sql`
    update campaign_errors set resolved = true, resolved_at = clock_timestamp(), resolution_notes = ${`tried again by ${by}`}
    where execution_id = ${executionId} and url_hash = ${urlKey} and error_code = 'quarantined' and not resolved`;
  await tx.sql`
    update campaign_metrics set errors_encountered = errors_encountered - 1
    where campaign_id = (select campaign_id from campaign_executions where id = ${executionId})`;
  return true;
}

/** Notes who tries a quarantined URL again, and in which execution. */
export async function markRetried(
  tx: Tx,
  { executionId, urlKey }: { readonly executionId: string; readonly urlKey: string },
  { by, retryExecutionId }: { readonly by: string; readonly retryExecutionId: string },
): Promise<void> {
  await tx.sql`
    update quarantined_urls
    set retried_at = clock_timestamp(), retried_by = ${by}, retry_execution_id = ${retryExecutionId}
    where execution_id = ${executionId} and url_key = ${urlKey}`;
}

/** The retry that was noted last. Throws `not_found` where none was. */
export async function readRetry(
  tx: Tx,
  executionId: string,
  urlKey: string,
): Promise<{ url: string; campaignId: string; retryExecutionId: string }> {
  const [row] = await tx.sql<{ url: string; campaignId: string; retryExecutionId: string }[]>`
    select url, campaign_id as "campaignId", retry_execution_id as "retryExecutionId" from quarantined_urls
    where execution_id = ${executionId} and url_key = ${urlKey} and retry_execution_id is not null`;
  if (row === undefined) throw new OutriderError('not_found', 'The URL is not tried again.');
  return row;
}
