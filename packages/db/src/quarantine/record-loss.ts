import { newId } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/** A lane that was taken from its worker, and the URLs the worker had. */
export interface Loss {
  readonly tenantId: string;
  readonly campaignId: string;
  readonly executionId: string;
  readonly laneId: string;
  readonly epoch: number;
  readonly instanceId: string | null;
  readonly urlKeys: readonly string[];
}

/** A URL that is given up. */
export interface GivenUp {
  readonly url: string;
  readonly urlKey: string;
  readonly host: string;
  readonly losses: number;
}

/**
 * Keeps what is known of a worker that went silent with a lane: one row for the lane, however many URLs it held,
 * with the worker as it last described itself and as its supervisor saw it end.
 */
export async function recordLoss(tx: Tx, loss: Loss): Promise<void> {
  await tx.sql`
    insert into lane_losses (id, tenant_id, campaign_id, execution_id, lane_id, epoch, instance_id, host, pid, version,
      ended_by, instance_state, memory_usage_mb, cpu_usage_percent, last_heartbeat_at, url_keys)
    select ${newId()}, ${loss.tenantId}, ${loss.campaignId}, ${loss.executionId}, ${loss.laneId}, ${loss.epoch},
      ${loss.instanceId}, host, pid, version, ended_by, state, memory_usage_mb, cpu_usage_percent, heartbeat_at,
      ${[...loss.urlKeys]}::uuid[]
    from (select 1) as one left join crawler_instances on id = ${loss.instanceId}`;
}

/** Puts URLs into quarantine. One that was retried and did it again is there anew. */
export async function quarantineUrls(tx: Tx, loss: Loss, urls: readonly GivenUp[]): Promise<void> {
  if (urls.length === 0) return;
  await tx.sql`
    insert into quarantined_urls (execution_id, url_key, tenant_id, campaign_id, url, host, losses)
    select ${loss.executionId}, url_key, ${loss.tenantId}, ${loss.campaignId}, url, host, losses
    from unnest(${urls.map((one) => one.urlKey)}::uuid[], ${urls.map((one) => one.url)}::text[],
      ${urls.map((one) => one.host)}::text[], ${urls.map((one) => one.losses)}::int[]) as given_up (url_key, url, host, losses)
    on conflict (execution_id, url_key) do update
      set losses = excluded.losses, quarantined_at = clock_timestamp(), retried_at = null, retried_by = null,
          retry_execution_id = null`;
}
