import type { SkipReason } from '@outrider/shared';
import { columnLiteral } from '../connect/array-literal.js';
import type { Tx } from '../connect/database.js';

/** A URL that was to be crawled and is not. */
export interface SkippedUrl {
  readonly urlKey: string;
  readonly reason: SkipReason;
  readonly rule: string;
}

/**
 * Has the discovery log say of URLs that they are skipped, and why. Their lines must be locked (see lockLog). They are
 * looked up and inserted anew, which their keys turn into a change: an update by a list of keys is a join, and with a plan
 * that was made while the log was short PostgreSQL reads all of the log for it.
 */
export async function markSkipped(
  tx: Tx,
  executionId: string,
  skipped: readonly SkippedUrl[],
): Promise<void> {
  if (skipped.length === 0) return;
  await tx.sql`
    insert into url_discovery_log (execution_id, tenant_id, campaign_id, url_hash, discovered_url, host, discovery_method, is_internal,
      should_crawl, skip_reason, skip_rule)
    select line.execution_id, line.tenant_id, line.campaign_id, line.url_hash, line.discovered_url, line.host, line.discovery_method,
      line.is_internal, false, skip.reason, skip.rule
    from unnest(${columnLiteral(skipped, ({ urlKey }) => urlKey)}::uuid[], ${columnLiteral(skipped, ({ reason }) => reason)}::text[],
        ${columnLiteral(skipped, ({ rule }) => rule)}::text[]) as skip (url_key, reason, rule)
      cross join lateral (
        select * from url_discovery_log where execution_id = ${executionId} and url_hash = skip.url_key limit 1
      ) line
    on conflict (execution_id, url_hash) do update
    set should_crawl = false, skip_reason = excluded.skip_reason, skip_rule = excluded.skip_rule`;
}
