import { type InstanceMetric, type MetricResolution, resolutionFor } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { isoTime } from '../times/iso-time.js';
import { meanMetrics } from './mean-metrics.js';

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

/** `isCut`: there are more rows than were looked at. */
type MeanRow = MetricRow & { isCut: boolean };

/**
 * Rows that are looked at to make minutes or hours of them, for a slice of so many: first as many as there are samples in
 * that many minutes, or minutes in hours; then an hour of samples of a worker with 64 lanes; and more only where that
 * many are not one span.
 */
const rowsLookedAt = (limit: number): readonly number[] => [1_000 + 16 * limit, 50_000, 1_000_000];

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
  filter: InstanceMetricFilter,
  resolution: Exclude<MetricResolution, 'sample'>,
): Promise<Slice<InstanceMetric>> {
  const { limit } = filter;
  let rows: readonly MeanRow[] = [];
  for (const [look, most] of rowsLookedAt(limit).entries()) {
    rows = await readMeans(tx, filter, resolution, most);
    if (rows.length > (look === 0 ? limit : 0) || rows[0]?.isCut === false) break;
  }
  const slice = sliceOf(rows, limit, present, placeOf);
  const last = rows.at(-1);
  return slice.next === null && last?.isCut === true ? { ...slice, next: placeOf(last) } : slice;
}

/** The means of the newest `most` rows. Counters are those of the last row of each span, which is read once it is known. */
async function readMeans(
  tx: Tx,
  { instanceId, limit, after, since, until }: InstanceMetricFilter,
  resolution: Exclude<MetricResolution, 'sample'>,
  most: number,
): Promise<readonly MeanRow[]> {
  const [time = '', laneId = ''] = after ?? [];
  const span = tx.sql`${`1 ${resolution}`}::interval`;
  return tx.sql<MeanRow[]>`
    with looked as (
      select *, date_trunc(${resolution}, recorded_at) as span_begins from crawler_performance_metrics
      where instance_id = ${instanceId}
        ${
          after === null
            ? tx.sql``
            : tx.sql`
          and recorded_at < ${time}::timestamptz + ${span} and (recorded_at < ${time}::timestamptz or lane_id < ${laneId}::uuid)`
        }
        ${since === undefined ? tx.sql`` : tx.sql`and recorded_at >= date_trunc(${resolution}, ${since}::timestamptz)`}
        ${until === undefined ? tx.sql`` : tx.sql`and recorded_at < ${until}::timestamptz`}
      order by recorded_at desc, lane_id desc limit ${most}
    ), spans as (
      select lane_id, span_begins, max(recorded_at) as last_at, count(*) as row_count,
        case when bool_or(resolution = 'hour') then 'hour' else ${resolution} end as resolution, ${meanMetrics(tx)}
      from looked group by lane_id, span_begins
    ), mean as (
      select *, sum(row_count) over () = ${most} as is_cut, min(span_begins) over () as earliest from spans
    ), slice as (
      select * from mean
      where not is_cut or span_begins > earliest order by span_begins desc, lane_id desc limit ${limit + 1}
    )
    select ${columns(tx)}, is_cut as "isCut"
    from (
      select slice.*, span_begins as recorded_at, latest.*
      from slice cross join lateral (
        select instance_id, campaign_id, execution_id, processed_count, pending_count from crawler_performance_metrics
        where instance_id = ${instanceId} and recorded_at = slice.last_at and lane_id = slice.lane_id limit 1
      ) latest
    ) mean
    order by recorded_at desc, lane_id desc`;
}

function present({ exactTime: _, isCut: __, ...row }: MetricRow & { isCut?: boolean }): InstanceMetric {
  return { ...row, recordedAt: isoTime(row.recordedAt) };
}

function placeOf({ exactTime, laneId }: MetricRow): Place {
  return [exactTime, laneId];
}
