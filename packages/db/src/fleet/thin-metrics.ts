import type { MetricResolution } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { meanColumns, meanMetrics } from './mean-metrics.js';

/** A step by which samples thin out. */
export interface Thinning {
  readonly to: Exclude<MetricResolution, 'sample'>;
  /** Days after which it is made. */
  readonly afterDays: number;
  /** Seconds of samples that one batch takes: whole minutes, or whole hours. */
  readonly batchSeconds: number;
}

/** Samples are kept for a day, minutes for a week, hours for as long as metrics are kept. */
export const THINNINGS: readonly Thinning[] = [
  { to: 'minute', afterDays: 1, batchSeconds: 600 },
  { to: 'hour', afterDays: 7, batchSeconds: 21_600 },
];

/**
 * Replaces the oldest samples (or minutes) that are past their age with one row for each lane and minute (or hour) of theirs,
 * and returns how many rows it took; 0 when there are none. Rows are removed and their means written by one statement, so
 * that of two that do it at once each counts the rows it has removed itself. System role only.
 */
export async function thinMetrics(tx: Tx, { to, afterDays, batchSeconds }: Thinning): Promise<number> {
  // The names of the partial indexes' conditions are spelt out: a plan for any resolution could not use them.
  const finer = to === 'minute' ? tx.sql`resolution = 'sample'` : tx.sql`resolution = 'minute'`;
  const limit = tx.sql`date_trunc(${to}, clock_timestamp() - ${afterDays} * interval '1 day')`;
  const [row] = await tx.sql<{ removed: number }[]>`
    with oldest as materialized (
      select date_trunc(${to}, recorded_at) as begins,
        least(${limit}, date_trunc(${to}, recorded_at) + ${batchSeconds} * interval '1 second') as ends
      from (
        select recorded_at from crawler_performance_metrics where ${finer} order by recorded_at limit 1
      ) first where recorded_at < ${limit}
    ), removed as (
      -- Compared with the clock itself, all rows behind the batch would be read as well: an index is searched for what stays the same.
      delete from crawler_performance_metrics
      where ${finer} and recorded_at >= (select begins from oldest) and recorded_at < (select ends from oldest)
      returning *
    ), thinned as (
      insert into crawler_performance_metrics (instance_id, tenant_id, campaign_id, execution_id, lane_id, recorded_at, resolution,
        ${meanColumns(tx)}, processed_count, pending_count)
      select instance_id, tenant_id, campaign_id, execution_id, lane_id, date_trunc(${to}, recorded_at), ${to}, ${meanMetrics(tx)},
        (array_agg(processed_count order by recorded_at desc))[1], (array_agg(pending_count order by recorded_at desc))[1]
      from removed group by 1, 2, 3, 4, 5, 6
      on conflict do nothing
    )
    select count(*)::float8 as removed from removed`;
  return row?.removed ?? 0;
}
