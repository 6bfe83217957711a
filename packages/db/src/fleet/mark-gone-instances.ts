import type { Tx } from '../connect/database.js';
import { appendEvent } from '../events/append-event.js';

interface GoneInstance {
  readonly id: string;
  readonly host: string;
  readonly silent_seconds: number;
}

/**
 * Marks workers as gone whose last heartbeat is older than `silenceMs`, tells the executions that lost lanes with them
 * and have not ended, and returns how many it marked. System role only.
 */
export async function markGoneInstances(tx: Tx, silenceMs: number): Promise<number> {
  const gone = await tx.sql<GoneInstance[]>`
    update crawler_instances set state = 'gone', lanes_active = 0
    where state <> 'gone' and heartbeat_at < clock_timestamp() - ${silenceMs} * interval '1 millisecond'
    returning id, host, extract(epoch from clock_timestamp() - heartbeat_at)::float8 as silent_seconds`;
  await announceLoss(tx, gone);
  return gone.length;
}

/** Campaigns in the order of their ids: whoever locks the event numbers of several does so in this order. */
async function announceLoss(tx: Tx, gone: readonly GoneInstance[]): Promise<void> {
  if (gone.length === 0) return;
  const losers = await tx.sql<
    { tenantId: string; campaignId: string; executionId: string; instanceId: string }[]
  >`
    select distinct execution.tenant_id as "tenantId", execution.campaign_id as "campaignId",
      execution.id as "executionId", lost.instance_id as "instanceId"
    from (
      select execution_id, instance_id from lane_losses where instance_id = any(${gone.map(({ id }) => id)}::uuid[])
      union select execution_id, instance_id from execution_lanes
      where status = 'active' and instance_id = any(${gone.map(({ id }) => id)}::uuid[])
    ) lost
    join campaign_executions execution on execution.id = lost.execution_id and execution.completed_at is null
    order by "campaignId", "executionId", "instanceId"`;
  for (const { instanceId, ...about } of losers) {
    const instance = gone.find(({ id }) => id === instanceId);
    if (instance === undefined) continue;
    const payload = { instanceId, host: instance.host, silentSeconds: instance.silent_seconds };
    await appendEvent(tx, { ...about, type: 'worker.lost', payload });
  }
}

/**
 * Removes workers that have been gone for longer than `keepMs`, and returns how many. One that an
 * execution's lanes, errors or metrics name stays, so that history can still say who did it.
 */
export async function removeForgottenInstances(tx: Tx, keepMs: number): Promise<number> {
  const removed = await tx.sql`
    delete from crawler_instances instance
    where state = 'gone' and heartbeat_at < clock_timestamp() - ${keepMs} * interval '1 millisecond'
      and not exists (select from execution_lanes where instance_id = instance.id)
      and not exists (select from crawler_performance_metrics where instance_id = instance.id)
      and not exists (select from campaign_errors where crawler_id = instance.id)`;
  return removed.count;
}
