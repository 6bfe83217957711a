import type { Tx } from '../connect/database.js';

export type InstanceState = 'idle' | 'working' | 'draining' | 'gone';

/** Registers a worker process. */
export async function registerInstance(
  tx: Tx,
  instance: {
    id: string;
    host: string;
    pid: number;
    version: string;
    capabilities: readonly string[];
    capacity: number;
  },
): Promise<void> {
  await tx.sql`
    insert into crawler_instances (id, host, pid, version, capabilities, capacity)
    values (${instance.id}, ${instance.host}, ${instance.pid}, ${instance.version}, ${[...instance.capabilities]}::text[], ${instance.capacity})
    on conflict (id) do update set state = 'idle', heartbeat_at = now()`;
}

/** Says that a worker lives, and how it is. Percent of one core for the processor, mebibytes for memory. */
export async function beatInstance(
  tx: Tx,
  instanceId: string,
  beat: { state: InstanceState; lanesActive: number; memoryMb: number; cpuPercent: number },
): Promise<void> {
  await tx.sql`
    update crawler_instances
    set state = ${beat.state}, lanes_active = ${beat.lanesActive}, memory_usage_mb = ${beat.memoryMb},
        cpu_usage_percent = ${beat.cpuPercent}, heartbeat_at = now()
    where id = ${instanceId}`;
}

/**
 * Notes how a worker ended, as the supervisor of its machine saw it: the newest of that process id that has not given
 * itself up in order. What is known of the lanes that it lost meanwhile learns it too.
 */
export async function noteInstanceEnd(
  tx: Tx,
  end: { readonly host: string; readonly pid: number; readonly how: string },
): Promise<void> {
  await tx.sql`
    with ended as (
      update crawler_instances set ended_by = ${end.how}
      where id = (
        select id from crawler_instances
        where host = ${end.host} and pid = ${end.pid} and ended_by is null order by id desc limit 1)
      returning id
    )
    update lane_losses set ended_by = ${end.how} from ended where instance_id = ended.id and lane_losses.ended_by is null`;
}
