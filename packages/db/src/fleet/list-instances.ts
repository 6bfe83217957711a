import { type Instance, OutriderError } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { scanSlice } from '../cursors/bounded-scan.js';
import type { Place, Slice } from '../cursors/slice.js';
import { isoTime } from '../times/iso-time.js';

interface InstanceRow extends Omit<Instance, 'startedAt' | 'heartbeatAt'> {
  startedAt: Date;
  heartbeatAt: Date;
}

/** Which workers to list. */
export interface InstanceFilter {
  readonly limit: number;
  readonly after: Place | null;
  readonly state?: Instance['state'] | undefined;
  readonly rowsLookedAt?: number | undefined;
}

/**
 * Worker processes, newest first. They serve every tenant, and say nothing about what they crawl. A slice may hold
 * fewer than were asked for and yet not be the last, see `scanSlice`.
 */
export function listInstances(tx: Tx, filter: InstanceFilter): Promise<Slice<Instance>> {
  const { limit, after, state, rowsLookedAt } = filter;
  return scanSlice<InstanceRow, Pick<InstanceRow, 'id'>, Instance>(tx, {
    candidates: tx.sql`
      select * from crawler_instances
      ${after === null ? tx.sql`` : tx.sql`where id < ${after[0] ?? ''}::uuid`} order by id desc`,
    as: tx.sql`instance`,
    columns: tx.sql`
      id, host, pid, version, capabilities, browser_trouble as "browserTrouble", capacity, state, lanes_active as "lanesActive",
      memory_usage_mb as "memoryUsageMb", cpu_usage_percent as "cpuUsagePercent", started_at as "startedAt",
      heartbeat_at as "heartbeatAt"`,
    filter: state === undefined ? tx.sql`` : tx.sql`and state = ${state}`,
    order: tx.sql`instance.id desc`,
    place: tx.sql`instance.id`,
    limit,
    present: (row) => ({ ...row, startedAt: isoTime(row.startedAt), heartbeatAt: isoTime(row.heartbeatAt) }),
    placeOf: (row) => [row.id],
    rowsLookedAt,
  });
}

/** Throws `not_found` unless there is such a worker. */
export async function assertInstanceExists(tx: Tx, instanceId: string): Promise<void> {
  const rows = await tx.sql`select 1 from crawler_instances where id = ${instanceId}`;
  if (rows.length === 0) throw new OutriderError('not_found', 'There is no such worker.');
}
