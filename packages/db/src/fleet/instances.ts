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
