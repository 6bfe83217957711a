import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import {
  type LabelsOf,
  METRICS,
  type MetricDefinition,
  type MetricName,
  type MetricNameOf,
  metricNamesOf,
  OTHER,
  type Service,
} from './metric-catalogue.js';

type NameOfKind<S extends Service, K extends MetricDefinition['kind']> = {
  [N in MetricNameOf<S>]: (typeof METRICS)[N]['kind'] extends K ? N : never;
}[MetricNameOf<S>];

/**
 * The metrics of one process. A metric of another service, or a label value outside the closed list, does
 * not compile; one that gets past the compiler (a route that is data) is written as `other`. It does not
 * throw, in tests or in production: a wrong label must cost neither a request nor a series.
 */
export interface Metrics<S extends Service = Service> {
  readonly registry: Registry;
  /** Adds to a counter; `by` is 1 unless given. */
  increment<N extends NameOfKind<S, 'counter'>>(name: N, labels: LabelsOf<N>, by?: number): void;
  /** Sets a gauge. */
  set<N extends NameOfKind<S, 'gauge'>>(name: N, labels: LabelsOf<N>, value: number): void;
  /** Adds a measurement to a histogram, in the unit of its name. */
  observe<N extends NameOfKind<S, 'histogram'>>(name: N, labels: LabelsOf<N>, value: number): void;
}

export interface MetricsOptions {
  /** Version of Outrider, for `outrider_build_info`. */
  readonly version: string;
}

/** Gauges of prom-client named like counters, which promtool refuses; the same by type are kept. */
const MISNAMED_GAUGES = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
] as const;

/** Makes the registry of a process, with the catalogue's metrics of that service and Node's own. */
export function createMetrics<S extends Service>(service: S, options: MetricsOptions): Metrics<S> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED_GAUGES) registry.removeSingleMetric(name);
  registerBuildInfo(registry, service, options.version);
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  for (const name of metricNamesOf(service)) {
    const definition: MetricDefinition = METRICS[name];
    const { help, labels } = definition;
    const common = { name, help, labelNames: Object.keys(labels), registers: [registry] };
    switch (definition.kind) {
      case 'counter':
        counters.set(name, new Counter(common));
        break;
      case 'gauge':
        gauges.set(name, new Gauge(common));
        break;
      case 'histogram':
        histograms.set(name, new Histogram({ ...common, buckets: [...(definition.buckets ?? [])] }));
        break;
    }
  }
  startAtZero(service, counters, gauges);
  return {
    registry,
    increment: (name, labels, by = 1) => counters.get(name)?.inc(closed(name, labels), by),
    set: (name, labels, value) => gauges.get(name)?.set(closed(name, labels), value),
    observe: (name, labels, value) => histograms.get(name)?.observe(closed(name, labels), value),
  };
}

/** Replaces values that are not in the catalogue, and drops labels that are not. */
function closed(name: MetricName, labels: Readonly<Record<string, string>>): Record<string, string> {
  const definition: MetricDefinition = METRICS[name];
  const result: Record<string, string> = {};
  for (const [label, values] of Object.entries(definition.labels)) {
    const value = labels[label];
    result[label] = value !== undefined && values.includes(value) ? value : OTHER;
  }
  return result;
}

/** A counter that appears with its first increment hides that increment from `rate()`, so they start at 0. */
function startAtZero(
  service: Service,
  counters: ReadonlyMap<string, Counter>,
  gauges: ReadonlyMap<string, Gauge>,
): void {
  for (const name of metricNamesOf(service)) {
    const [label, values] = Object.entries<readonly string[]>(METRICS[name].labels)[0] ?? [];
    if (label === undefined || values === undefined) continue;
    for (const value of values) {
      counters.get(name)?.inc({ [label]: value }, 0);
      gauges.get(name)?.set({ [label]: value }, 0);
    }
  }
}

function registerBuildInfo(registry: Registry, service: Service, version: string): void {
  const info = new Gauge({
    name: 'outrider_build_info',
    help: 'Always 1; its labels say what runs',
    labelNames: ['version', 'service'],
    registers: [registry],
  });
  info.set({ version, service }, 1);
}
