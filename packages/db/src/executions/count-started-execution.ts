import type { Tx } from '../connect/database.js';

/** Adds a new execution and its seeds to the campaign's live counters. Takes the lock of the event numbers: call it late. */
export async function countStartedExecution(
  tx: Tx,
  started: { readonly tenantId: string; readonly campaignId: string; readonly seeds: number },
): Promise<void> {
  await tx.sql`
    insert into campaign_metrics (campaign_id, tenant_id, executions_total, urls_discovered, last_activity_at)
    values (${started.campaignId}, ${started.tenantId}, 1, ${started.seeds}, now())
    on conflict (campaign_id) do update
      set executions_total = campaign_metrics.executions_total + 1,
          urls_discovered = campaign_metrics.urls_discovered + excluded.urls_discovered,
          last_activity_at = excluded.last_activity_at`;
}
