import { crawlPriority, type SkipReason } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/** A seed of an execution, normalised, with the decision on it. */
export interface PlannedSeed {
  readonly url: string;
  readonly urlKey: string;
  readonly host: string;
  readonly skip: { readonly reason: SkipReason; readonly rule: string } | null;
}

/** Rows per statement: a few megabytes of parameters at the longest URLs. */
const ROWS_PER_STATEMENT = 10_000;

/**
 * Logs the seeds of an execution as discovered, and puts those to be crawled on its frontier in their
 * order. The seeds must be distinct by key.
 */
export async function insertSeedsAsTargets(
  tx: Tx,
  execution: { readonly executionId: string; readonly tenantId: string; readonly campaignId: string },
  seeds: readonly PlannedSeed[],
): Promise<void> {
  for (let from = 0; from < seeds.length; from += ROWS_PER_STATEMENT) {
    await insertChunk(tx, execution, seeds.slice(from, from + ROWS_PER_STATEMENT));
  }
}

async function insertChunk(
  tx: Tx,
  execution: { readonly executionId: string; readonly tenantId: string; readonly campaignId: string },
  seeds: readonly PlannedSeed[],
): Promise<void> {
  const column = <T>(pick: (seed: PlannedSeed) => T): T[] => seeds.map(pick);
  await tx.sql`
    with seed as materialized (
      select * from unnest(
        ${column((seed) => seed.urlKey)}::uuid[],
        ${column((seed) => seed.url)}::text[],
        ${column((seed) => seed.host)}::text[],
        ${column((seed) => seed.skip?.reason ?? null)}::text[],
        ${column((seed) => seed.skip?.rule ?? null)}::text[]
      ) with ordinality as s (url_key, url, host, skip_reason, skip_rule, place)
    ), logged as (
      insert into url_discovery_log (execution_id, tenant_id, campaign_id, url_hash, discovered_url, host,
        discovery_method, url_depth, is_internal, should_crawl, skip_reason, skip_rule, priority_score)
      select ${execution.executionId}, ${execution.tenantId}, ${execution.campaignId}, url_key, url, host,
        'seed', 0, true, skip_reason is null, skip_reason, skip_rule, ${crawlPriority(0)}
      from seed
    )
    insert into crawl_targets (execution_id, tenant_id, url_key, url, host, depth, priority, is_seed)
    select ${execution.executionId}, ${execution.tenantId}, url_key, url, host, 0, ${crawlPriority(0)}, true
    from seed where skip_reason is null order by place`;
}
