import type { QuarantinedUrl } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { isoTime, isoTimeOrNull } from '../times/iso-time.js';

export interface QuarantineFilter {
  readonly executionId: string;
  readonly limit: number;
  readonly after: Place | null;
}

interface QuarantineRow {
  url: string;
  urlKey: string;
  host: string;
  losses: number;
  quarantinedAt: Date;
  retriedAt: Date | null;
  retriedBy: string | null;
  retryExecutionId: string | null;
}

type Evidence = QuarantinedUrl['evidence'][number];

interface LossRow extends Omit<Evidence, 'lostAt' | 'lastHeartbeatAt'> {
  urlKey: string;
  lostAt: Date;
  lastHeartbeatAt: Date | null;
}

/** The URLs of an execution that are or were in quarantine, each with the deaths of its workers, oldest first. */
export async function listQuarantine(tx: Tx, filter: QuarantineFilter): Promise<Slice<QuarantinedUrl>> {
  const { executionId, limit, after } = filter;
  const rows = await tx.sql<QuarantineRow[]>`
    select url, url_key as "urlKey", host, losses, quarantined_at as "quarantinedAt", retried_at as "retriedAt",
      retried_by as "retriedBy", retry_execution_id as "retryExecutionId"
    from quarantined_urls
    where execution_id = ${executionId} ${after === null ? tx.sql`` : tx.sql`and url_key > ${after[0] ?? ''}::uuid`}
    order by url_key limit ${limit + 1}`;
  const evidence = await readEvidence(
    tx,
    executionId,
    rows.map((row) => row.urlKey),
  );
  return sliceOf(
    rows,
    limit,
    (row) => ({
      ...row,
      executionId,
      quarantinedAt: isoTime(row.quarantinedAt),
      retriedAt: isoTimeOrNull(row.retriedAt),
      evidence: evidence.get(row.urlKey) ?? [],
    }),
    (row) => [row.urlKey],
  );
}

async function readEvidence(
  tx: Tx,
  executionId: string,
  urlKeys: readonly string[],
): Promise<Map<string, Evidence[]>> {
  const rows = await tx.sql<LossRow[]>`
    select held.url_key as "urlKey", lost_at as "lostAt", lane_id as "laneId", epoch, instance_id as "instanceId", host,
      pid, version, ended_by as "endedBy", instance_state as "lastState", memory_usage_mb as "memoryUsageMb",
      cpu_usage_percent as "cpuUsagePercent", last_heartbeat_at as "lastHeartbeatAt",
      cardinality(url_keys) as "inFlight"
    from lane_losses loss
    join unnest(${[...urlKeys]}::uuid[]) as held (url_key) on held.url_key = any(loss.url_keys)
    where loss.execution_id = ${executionId}
    order by loss.id`;
  const byUrl = new Map<string, Evidence[]>();
  for (const { urlKey, ...row } of rows) {
    const known = byUrl.get(urlKey) ?? [];
    known.push({ ...row, lostAt: isoTime(row.lostAt), lastHeartbeatAt: isoTimeOrNull(row.lastHeartbeatAt) });
    byUrl.set(urlKey, known);
  }
  return byUrl;
}
