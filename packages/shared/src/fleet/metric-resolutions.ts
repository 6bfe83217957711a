/** What a row of crawler_performance_metrics covers: a sample of some seconds, or the mean of those of a minute or an hour. */
export const METRIC_RESOLUTIONS = ['sample', 'minute', 'hour'] as const;
export type MetricResolution = (typeof METRIC_RESOLUTIONS)[number];

const HOUR = 3_600;

/** The resolution at which a span of time has some hundreds to thousands of points for each lane. Pure. */
export function resolutionFor(seconds: number): MetricResolution {
  if (seconds <= 6 * HOUR) return 'sample';
  return seconds <= 7 * 24 * HOUR ? 'minute' : 'hour';
}
