import type { InstanceMetric } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { isoTime } from '../times/iso-time.js';

/** Which samples of a worker to list. */
export interface InstanceMetricFilter {
  readonly instanceId: string;
  readonly limit: number;
  readonly after: Place | null;
  /** Recorded at or after, and before (ISO 8601). */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

interface MetricRow extends Omit<InstanceMetric, 'recordedAt'> {
  recordedAt: Date;
  /** To the microsecond, which a Date does not hold. */
  exactTime: string;
}

/** Samples of a worker on the tenant's campaigns, newest first. */
export async function listInstanceMetrics(
  tx: Tx,
  filter: InstanceMetricFilter,
): Promise<Slice<InstanceMetric>> {
  const { instanceId, limit, after, since, until } = filter;
  const [time = '', laneId = ''] = after ?? [];
  const rows = await tx.sql<MetricRow[]>`
    select instance_id as "instanceId", campaign_id as "campaignId", execution_id as "executionId",
      lane_id as "laneId", recorded_at as "recordedAt", recorded_at::text as "exactTime",
      pages_per_second as "pagesPerSecond", average_response_time_ms as "averageResponseTimeMs",
      success_rate as "successRate", error_rate as "errorRate", cpu_usage_percent as "cpuUsagePercent",
      memory_usage_mb as "memoryUsageMb", queue_size as "queueSize", processed_count as "processedCount",
      pending_count as "pendingCount", bandwidth_mbps as "bandwidthMbps",
      requests_per_minute as "requestsPerMinute"
    from crawler_performance_metrics
    where instance_id = ${instanceId}
      ${after === null ? tx.sql`` : tx.sql`and (recorded_at, lane_id) < (${time}::timestamptz, ${laneId}::uuid)`}
      ${since === undefined ? tx.sql`` : tx.sql`and recorded_at >= ${since}::timestamptz`}
      ${until === undefined ? tx.sql`` : tx.sql`and recorded_at < ${until}::timestamptz`}
    order by recorded_at desc, lane_id desc limit ${limit + 1}`;
  return sliceOf(
    rows,
    limit,
    ({ exactTime: _, ...row }) => ({ ...row, recordedAt: isoTime(row.recordedAt) }),
    (row) => [row.exactTime, row.laneId],
  );
}
