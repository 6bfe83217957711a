import type { Tx } from '../connect/database.js';

/** Marks workers as gone whose last heartbeat is older than `silenceMs`, and returns how many it marked. */
export async function markGoneInstances(tx: Tx, silenceMs: number): Promise<number> {
  const gone = await tx.sql`
    update crawler_instances set state = 'gone', lanes_active = 0
    where state <> 'gone' and heartbeat_at < clock_timestamp() - ${silenceMs} * interval '1 millisecond'`;
  return gone.count;
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
