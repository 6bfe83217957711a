import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';

/** How a lane did since its last sample. */
export interface PerformanceSample {
  /** How long was measured. */
  readonly seconds: number;
  readonly pagesPerSecond: number;
  readonly averageResponseTimeMs: number | null;
  /** Shares of settled URLs between 0 and 1; null when none was settled. */
  readonly successRate: number | null;
  readonly errorRate: number | null;
  /** Percent of one core, for the whole process. */
  readonly cpuUsagePercent: number;
  readonly memoryUsageMb: number;
  /** URLs claimed by the lane and not settled. */
  readonly queueSize: number;
  /** URLs the lane settled since it was taken. */
  readonly processedCount: number;
  readonly bandwidthMbps: number;
  readonly requestsPerMinute: number;
}

/** Writes one row of crawler_performance_metrics; the execution's pending count is read beside it. */
export async function insertPerformanceSample(
  tx: Tx,
  hold: LaneHold,
  sample: PerformanceSample,
): Promise<void> {
  await tx.sql`
    insert into crawler_performance_metrics (instance_id, tenant_id, campaign_id, execution_id, lane_id, pages_per_second,
      average_response_time_ms, success_rate, error_rate, cpu_usage_percent, memory_usage_mb, queue_size, processed_count,
      pending_count, bandwidth_mbps, requests_per_minute, seconds)
    select ${hold.instanceId}, ${hold.tenantId}, ${hold.campaignId}, ${hold.executionId}, ${hold.laneId},
      ${sample.pagesPerSecond}, ${sample.averageResponseTimeMs}, ${sample.successRate}, ${sample.errorRate},
      ${sample.cpuUsagePercent}, ${sample.memoryUsageMb}, ${sample.queueSize}, ${sample.processedCount},
      greatest(0, execution.seeds_discovered - execution.seeds_skipped
        + coalesce(sum(lane.discovered - lane.skipped - lane.fetched - lane.failed), 0)),
      ${sample.bandwidthMbps}, ${sample.requestsPerMinute}, ${sample.seconds}
    from campaign_executions execution left join execution_lanes lane on lane.execution_id = execution.id
    where execution.id = ${hold.executionId}
    group by execution.id`;
}
