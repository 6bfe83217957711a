import { newId } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';
import type { CrawlError } from './settlement.js';

/** Inserts the errors of a batch, in one statement. `url_hash` is null for an error that belongs to no claimed URL. */
export async function insertErrors(
  tx: Tx,
  hold: LaneHold,
  errors: readonly { readonly urlKey: string | null; readonly error: CrawlError }[],
): Promise<void> {
  if (errors.length === 0) return;
  const column = <T>(pick: (error: CrawlError) => T): T[] => errors.map(({ error }) => pick(error));
  await tx.sql`
    insert into campaign_errors (tenant_id, campaign_id, execution_id, crawler_id, id, url_hash, error_type, severity, error_code,
      error_message, error_stack, url, host, http_status_code, retry_count, context)
    select ${hold.tenantId}, ${hold.campaignId}, ${hold.executionId}, ${hold.instanceId}, failure.*
    from unnest(
      ${errors.map(() => newId())}::uuid[],
      ${errors.map(({ urlKey }) => urlKey)}::uuid[],
      ${column((error) => error.errorType)}::text[],
      ${column((error) => error.severity)}::text[],
      ${column((error) => error.errorCode)}::text[],
      ${column((error) => error.errorMessage)}::text[],
      ${column((error) => error.errorStack ?? null)}::text[],
      ${column((error) => error.url)}::text[],
      ${column((error) => error.host)}::text[],
      ${column((error) => error.httpStatusCode)}::int[],
      ${column((error) => error.retryCount)}::int[],
      ${column((error) => JSON.stringify(error.context))}::text[]::jsonb[]
    ) as failure`;
}
