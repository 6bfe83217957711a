import { type InstanceMetric, type MetricResolution, resolutionFor } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { isoTime } from '../times/iso-time.js';
import { meanColumns, meanMetrics } from './mean-metrics.js';

/** Which samples of a worker to list. */
export interface InstanceMetricFilter {
  readonly instanceId: string;
  readonly limit: number;
  readonly after: Place | null;
  /** Recorded at or after, and before (ISO 8601). */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** `auto`, unless given: by the span that is asked for; without its beginning, as they are kept. */
  readonly resolution?: MetricResolution | 'auto' | undefined;
}

interface MetricRow extends Omit<InstanceMetric, 'recordedAt'> {
  recordedAt: Date;
  /** To the microsecond, which a Date does not hold. */
  exactTime: string;
}

/** Samples that are looked at to make minutes or hours of them: an hour of a worker with 64 lanes. */
const ROWS_LOOKED_AT = 50_000;

/**
 * Samples of a worker on the tenant's campaigns, newest first: as they are kept, or as means of minutes or hours. What is kept
 * by the minute or the hour already is not made finer again.
 */
export async function listInstanceMetrics(
  tx: Tx,
  filter: InstanceMetricFilter,
): Promise<Slice<InstanceMetric>> {
  const resolution = await resolve(tx, filter);
  return resolution === 'sample' ? listKept(tx, filter) : listMeans(tx, filter, resolution);
}

async function resolve(
  tx: Tx,
  { resolution = 'auto', since, until }: InstanceMetricFilter,
): Promise<MetricResolution> {
  if (resolution !== 'auto') return resolution;
  if (since === undefined) return 'sample';
  const [row] = await tx.sql<{ seconds: number }[]>`
    select extract(epoch from coalesce(${until ?? null}::timestamptz, now()) - ${since}::timestamptz)::float8 as seconds`;
  return resolutionFor(row?.seconds ?? 0);
}

function columns(tx: Tx) {
  return tx.sql`
    instance_id as "instanceId", campaign_id as "campaignId", execution_id as "executionId",
    lane_id as "laneId", recorded_at as "recordedAt", recorded_at::text as "exactTime",
    pages_per_second as "pagesPerSecond", average_response_time_ms as "averageResponseTimeMs",
    success_rate as "successRate", error_rate as "errorRate", cpu_usage_percent as "cpuUsagePercent",
    memory_usage_mb as "memoryUsageMb", queue_size as "queueSize", processed_count as "processedCount",
    pending_count as "pendingCount", bandwidth_mbps as "bandwidthMbps",
    requests_per_minute as "requestsPerMinute", resolution, seconds`;
}

async function listKept(tx: Tx, filter: InstanceMetricFilter): Promise<Slice<InstanceMetric>> {
  const { instanceId, limit, after, since, until } = filter;
  const [time = '', laneId = ''] = after ?? [];
  const rows = await tx.sql<MetricRow[]>`
    select ${columns(tx)} from crawler_performance_metrics
    where instance_id = ${instanceId}
      ${after === null ? tx.sql`` : tx.sql`and (recorded_at, lane_id) < (${time}::timestamptz, ${laneId}::uuid)`}
      ${since === undefined ? tx.sql`` : tx.sql`and recorded_at >= ${since}::timestamptz`}
      ${until === undefined ? tx.sql`` : tx.sql`and recorded_at < ${until}::timestamptz`}
    order by recorded_at desc, lane_id desc limit ${limit + 1}`;
  return sliceOf(rows, limit, present, placeOf);
}

/** The spans are whole: one that begins before `since` is given whole, and one that the rows looked at do not fill is left to the next slice. */
async function listMeans(
  tx: Tx,
  { instanceId, limit, after, since, until }: InstanceMetricFilter,
  resolution: Exclude<MetricResolution, 'sample'>,
): Promise<Slice<InstanceMetric>> {
  const [time = '', laneId = ''] = after ?? [];
  const span = tx.sql`${`1 ${resolution}`}::interval`;
  const rows = await tx.sql<(MetricRow & { isCut: boolean })[]>`
    with looked as materialized (
      select *, date_trunc(${resolution}, recorded_at) as span_begins from crawler_performance_metrics
      where instance_id = ${instanceId}
        ${after === null ? tx.sql`` : tx.sql`and recorded_at < ${time}::timestamptz + ${span}`}
        ${since === undefined ? tx.sql`` : tx.sql`and recorded_at >= date_trunc(${resolution}, ${since}::timestamptz)`}
        ${until === undefined ? tx.sql`` : tx.sql`and recorded_at < ${until}::timestamptz`}
      order by recorded_at desc, lane_id desc limit ${ROWS_LOOKED_AT}
    ), cut as (
      select count(*) = ${ROWS_LOOKED_AT} as is_cut, min(span_begins) as earliest from looked
    ), mean as (
      select instance_id, campaign_id, execution_id, lane_id, span_begins as recorded_at,
        case when bool_or(resolution = 'hour') then 'hour' else ${resolution} end as resolution, ${meanMetrics(tx)}
      from looked group by instance_id, campaign_id, execution_id, lane_id, span_begins
    )
    select ${columns(tx)}, is_cut as "isCut"
    from (select instance_id, campaign_id, execution_id, lane_id, recorded_at, resolution, ${meanColumns(tx)} from mean) mean cross join cut
    where (not is_cut or recorded_at > earliest)
      ${after === null ? tx.sql`` : tx.sql`and (recorded_at, lane_id) < (${time}::timestamptz, ${laneId}::uuid)`}
    order by recorded_at desc, lane_id desc limit ${limit + 1}`;
  const slice = sliceOf(rows, limit, present, placeOf);
  const last = rows.at(-1);
  return slice.next === null && last?.isCut === true ? { ...slice, next: placeOf(last) } : slice;
}

function present({ exactTime: _, isCut: __, ...row }: MetricRow & { isCut?: boolean }): InstanceMetric {
  return { ...row, recordedAt: isoTime(row.recordedAt) };
}

function placeOf({ exactTime, laneId }: MetricRow): Place {
  return [exactTime, laneId];
}
