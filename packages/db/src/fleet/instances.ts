import type { Tx } from '../connect/database.js';
import { toStorableText } from '../connect/storable-text.js';

/** Chromium complains at length: characters that are kept of it. */
const MAX_TROUBLE = 1_000;

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
    /** Whether what started it asks it for answers, and starts it again when it gives none. Default: no. */
    supervised?: boolean;
  },
): Promise<void> {
  await tx.sql`
    insert into crawler_instances (id, host, pid, version, capabilities, capacity, supervised)
    values (${instance.id}, ${instance.host}, ${instance.pid}, ${instance.version}, ${[...instance.capabilities]}::text[], ${instance.capacity},
      ${instance.supervised ?? false})
    on conflict (id) do update set state = 'idle', heartbeat_at = now()`;
}

/** How a worker is. Percent of one core for the processor, mebibytes for memory. */
export interface InstanceBeat {
  readonly state: InstanceState;
  readonly lanesActive: number;
  readonly capabilities: readonly string[];
  /** Why a worker with a browser does not offer it; null for every other. */
  readonly browserTrouble: string | null;
  readonly memoryMb: number;
  readonly cpuPercent: number;
}

/** Says that a worker lives, how it is, and what it can do at the moment. */
export async function beatInstance(tx: Tx, instanceId: string, beat: InstanceBeat): Promise<void> {
  await tx.sql`
    update crawler_instances
    set state = ${beat.state}, lanes_active = ${beat.lanesActive}, memory_usage_mb = ${beat.memoryMb},
        cpu_usage_percent = ${beat.cpuPercent}, capabilities = ${[...beat.capabilities]}::text[],
        browser_trouble = ${beat.browserTrouble === null ? null : toStorableText(beat.browserTrouble).slice(0, MAX_TROUBLE)}, heartbeat_at = now()
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
