import type { Tx } from '../connect/database.js';

/**
 * The means of several rows of crawler_performance_metrics, as columns of a statement that groups them by lane and span, in the
 * order of `meanColumns`. Rates and loads weigh by the seconds that were measured, response times by the requests of
 * those seconds, shares of success and failure by the URLs. So means of means are the means of the samples.
 */
export function meanMetrics(tx: Tx) {
  // So that rows of no time at all have a mean, too, and any other row outweighs them.
  const weight = tx.sql`greatest(seconds, 1e-9)`;
  return tx.sql`
    sum(pages_per_second * ${weight}) / sum(${weight}) as pages_per_second,
    sum(average_response_time_ms * requests_per_minute * seconds)
      / nullif(sum(requests_per_minute * seconds) filter (where average_response_time_ms is not null), 0) as average_response_time_ms,
    sum(success_rate * pages_per_second * seconds)
      / nullif(sum(pages_per_second * seconds) filter (where success_rate is not null), 0) as success_rate,
    sum(error_rate * pages_per_second * seconds)
      / nullif(sum(pages_per_second * seconds) filter (where error_rate is not null), 0) as error_rate,
    sum(cpu_usage_percent * ${weight}) / sum(${weight}) as cpu_usage_percent,
    sum(memory_usage_mb * ${weight}) / sum(${weight}) as memory_usage_mb,
    round(sum(queue_size * ${weight}) / sum(${weight}))::bigint as queue_size,
    sum(bandwidth_mbps * ${weight}) / sum(${weight}) as bandwidth_mbps,
    sum(requests_per_minute * ${weight}) / sum(${weight}) as requests_per_minute,
    sum(seconds) as seconds`;
}

/** The names of those columns, in their order. */
export function meanColumns(tx: Tx) {
  return tx.sql`
    pages_per_second, average_response_time_ms, success_rate, error_rate, cpu_usage_percent, memory_usage_mb, queue_size,
    bandwidth_mbps, requests_per_minute, seconds`;
}
