import type { Tx } from '../connect/database.js';

/**
 * The means of several rows of crawler_performance_metrics, as columns of a statement that groups them by lane and span, in the
 * order of `meanColumns`. Rates and loads weigh by the seconds that were measured, response times by the requests of
 * those seconds, shares of success and failure by the URLs; counters are those of the last row. So means of
 * means are the means of the samples.
 */
export function meanMetrics(tx: Tx) {
  return tx.sql`
    coalesce(sum(pages_per_second * seconds) / nullif(sum(seconds), 0), avg(pages_per_second)) as pages_per_second,
    sum(average_response_time_ms * requests_per_minute * seconds)
      / nullif(sum(requests_per_minute * seconds) filter (where average_response_time_ms is not null), 0) as average_response_time_ms,
    sum(success_rate * pages_per_second * seconds)
      / nullif(sum(pages_per_second * seconds) filter (where success_rate is not null), 0) as success_rate,
    sum(error_rate * pages_per_second * seconds)
      / nullif(sum(pages_per_second * seconds) filter (where error_rate is not null), 0) as error_rate,
    coalesce(sum(cpu_usage_percent * seconds) / nullif(sum(seconds), 0), avg(cpu_usage_percent)) as cpu_usage_percent,
    coalesce(sum(memory_usage_mb * seconds) / nullif(sum(seconds), 0), avg(memory_usage_mb)) as memory_usage_mb,
    round(coalesce(sum(queue_size * seconds) / nullif(sum(seconds), 0), avg(queue_size)))::bigint as queue_size,
    (array_agg(processed_count order by recorded_at desc))[1] as processed_count,
    (array_agg(pending_count order by recorded_at desc))[1] as pending_count,
    coalesce(sum(bandwidth_mbps * seconds) / nullif(sum(seconds), 0), avg(bandwidth_mbps)) as bandwidth_mbps,
    coalesce(sum(requests_per_minute * seconds) / nullif(sum(seconds), 0), avg(requests_per_minute)) as requests_per_minute,
    sum(seconds) as seconds`;
}

/** The names of those columns, in their order. */
export function meanColumns(tx: Tx) {
  return tx.sql`
    pages_per_second, average_response_time_ms, success_rate, error_rate, cpu_usage_percent, memory_usage_mb, queue_size,
    processed_count, pending_count, bandwidth_mbps, requests_per_minute, seconds`;
}
