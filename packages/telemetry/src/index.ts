export { createLogger, type Logger, type LoggerOptions } from './logging/create-logger.js';
export { createMetrics, type Metrics, type MetricsOptions } from './metrics/create-metrics.js';
export {
  METRICS,
  type MetricDefinition,
  type MetricName,
  type MetricNameOf,
  type Service,
} from './metrics/metric-catalogue.js';
export { type HealthReport, type MetricsServer, startMetricsServer } from './metrics/metrics-server.js';
