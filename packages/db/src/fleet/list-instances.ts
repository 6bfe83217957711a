import { type Instance, OutriderError } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { isoTime } from '../times/iso-time.js';

interface InstanceRow extends Omit<Instance, 'startedAt' | 'heartbeatAt'> {
  startedAt: Date;
  heartbeatAt: Date;
}

/** Worker processes, newest first. They serve every tenant, and say nothing about what they crawl. */
export async function listInstances(
  tx: Tx,
  filter: {
    readonly limit: number;
    readonly after: Place | null;
    readonly state?: Instance['state'] | undefined;
  },
): Promise<Slice<Instance>> {
  const { limit, after, state } = filter;
  const rows = await tx.sql<InstanceRow[]>`
    select id, host, pid, version, capabilities, capacity, state, lanes_active as "lanesActive",
      memory_usage_mb as "memoryUsageMb", cpu_usage_percent as "cpuUsagePercent", started_at as "startedAt",
      heartbeat_at as "heartbeatAt"
    from crawler_instances
    where true
      ${after === null ? tx.sql`` : tx.sql`and id < ${after[0] ?? ''}::uuid`}
      ${state === undefined ? tx.sql`` : tx.sql`and state = ${state}`}
    order by id desc limit ${limit + 1}`;
  return sliceOf(
    rows,
    limit,
    (row) => ({ ...row, startedAt: isoTime(row.startedAt), heartbeatAt: isoTime(row.heartbeatAt) }),
    (row) => [row.id],
  );
}

/** Throws `not_found` unless there is such a worker. */
export async function assertInstanceExists(tx: Tx, instanceId: string): Promise<void> {
  const rows = await tx.sql`select 1 from crawler_instances where id = ${instanceId}`;
  if (rows.length === 0) throw new OutriderError('not_found', 'There is no such worker.');
}
