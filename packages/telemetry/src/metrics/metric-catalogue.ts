import {
  API_BASE,
  CRAWL_ERROR_TYPES,
  CUT_REASONS,
  EXECUTION_STATES,
  LANE_STATES,
  ROUTES,
  STALL_CAUSE_NAMES,
  STALL_REPAIR_NAMES,
  TICK_OUTCOME_NAMES,
} from '@outrider/shared';

/** The processes that serve `/metrics`. */
export const SERVICES = ['api', 'orchestrator', 'worker'] as const;
export type Service = (typeof SERVICES)[number];

const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;
const METHODS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'] as const;
const OUTSIDE_BASE = ['/metrics', '/healthz', '/readyz', '/openapi.json', '/docs'] as const;
const API_ROUTES: readonly string[] = [
  ...new Set([...Object.values(ROUTES).map(({ path }) => `${API_BASE}${path}`), ...OUTSIDE_BASE]),
];

const FAST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
const FETCH_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;
const LATE_SECONDS = [0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600] as const;
const BATCH_PAGES = [1, 2, 5, 10, 20, 50, 100, 200, 500] as const;

export interface MetricDefinition {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Which processes export it. */
  readonly services: readonly Service[];
  /** Every label with all its values. A value that is not listed is written as `other`. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
  readonly buckets?: readonly number[];
}

/**
 * Every metric of ours, and with it the most series a process can have: labels take values from closed
 * lists only, never a URL, host, campaign or tenant. `docs/metrics.md` is tested against this table.
 */
export const METRICS = {
  outrider_pages_total: {
    kind: 'counter',
    help: 'URLs that reached a result, by status class; failed means no usable answer after all retries',
    services: ['worker'],
    labels: { status_class: [...STATUS_CLASSES, 'failed'] },
  },
  outrider_errors_total: {
    kind: 'counter',
    help: 'Errors recorded about URLs, by class; a URL that is tried again may have several',
    services: ['worker'],
    labels: { type: CRAWL_ERROR_TYPES },
  },
  outrider_fetch_duration_seconds: {
    kind: 'histogram',
    help: 'Time from the request to the last byte of the answer, redirects included',
    services: ['worker'],
    labels: {},
    buckets: FETCH_SECONDS,
  },
  outrider_parse_duration_seconds: {
    kind: 'histogram',
    help: 'Time spent in parsing a page',
    services: ['worker'],
    labels: {},
    buckets: FAST_SECONDS,
  },
  outrider_render_duration_seconds: {
    kind: 'histogram',
    help: 'Time from a document being handed to the browser to the snapshot of the rendered page',
    services: ['worker'],
    labels: {},
    buckets: FETCH_SECONDS,
  },
  outrider_browser_crashes_total: {
    kind: 'counter',
    help: 'Times that the browser ended by itself or did not start',
    services: ['worker'],
    labels: {},
  },
  outrider_wire_bytes_total: {
    kind: 'counter',
    help: 'Bytes received from crawled sites, before decoding',
    services: ['worker'],
    labels: {},
  },
  outrider_claim_duration_seconds: {
    kind: 'histogram',
    help: 'Time to claim a batch of URLs from the frontier',
    services: ['worker'],
    labels: {},
    buckets: FAST_SECONDS,
  },
  outrider_commit_duration_seconds: {
    kind: 'histogram',
    help: 'Time to commit a batch of results',
    services: ['worker'],
    labels: {},
    buckets: FAST_SECONDS,
  },
  outrider_commit_pages: {
    kind: 'histogram',
    help: 'URLs in a committed batch',
    services: ['worker'],
    labels: {},
    buckets: BATCH_PAGES,
  },
  outrider_leases_lost_total: {
    kind: 'counter',
    help: 'Lanes that this worker gave up because its lease or its queue lock was gone',
    services: ['worker'],
    labels: {},
  },
  outrider_stale_writes_refused_total: {
    kind: 'counter',
    help: 'Writes refused because a newer epoch owns the lane',
    services: ['worker'],
    labels: {},
  },
  outrider_active_lanes: {
    kind: 'gauge',
    help: 'Lanes this worker crawls now',
    services: ['worker'],
    labels: {},
  },
  outrider_lane_capacity: {
    kind: 'gauge',
    help: 'Lanes this worker can crawl at a time; 0 once it is told to end',
    services: ['worker'],
    labels: {},
  },
  outrider_queue_canary_timestamp_seconds: {
    kind: 'gauge',
    help: 'When this worker last handled a canary job of the queue, in seconds since 1970',
    services: ['worker'],
    labels: {},
  },
  outrider_frontier_urls: {
    kind: 'gauge',
    help: 'URLs of running executions that wait or are being fetched',
    services: ['orchestrator'],
    labels: { state: ['pending', 'leased'] },
  },
  outrider_lanes: {
    kind: 'gauge',
    help: 'Lanes of executions that have not ended, by state',
    services: ['orchestrator'],
    labels: { state: LANE_STATES },
  },
  outrider_executions: {
    kind: 'gauge',
    help: 'Executions by status',
    services: ['orchestrator'],
    labels: { status: EXECUTION_STATES },
  },
  outrider_stalled_executions: {
    kind: 'gauge',
    help: 'Executions that should move and do not, by the cause that was found',
    services: ['orchestrator'],
    labels: { cause: STALL_CAUSE_NAMES },
  },
  outrider_queue_jobs: {
    kind: 'gauge',
    help: 'Lane jobs in the queue, by state',
    services: ['orchestrator'],
    labels: { state: ['waiting', 'active'] },
  },
  outrider_schedule_ticks_total: {
    kind: 'counter',
    help: 'Ticks of schedules that got an outcome from this process',
    services: ['orchestrator'],
    labels: { outcome: TICK_OUTCOME_NAMES },
  },
  outrider_schedule_lateness_seconds: {
    kind: 'histogram',
    help: 'Time from when a tick was due to its start',
    services: ['orchestrator'],
    labels: {},
    buckets: LATE_SECONDS,
  },
  outrider_schedules_overdue: {
    kind: 'gauge',
    help: 'Schedules with a tick that was due more than 5 seconds ago',
    services: ['orchestrator'],
    labels: {},
  },
  outrider_reconciler_repairs_total: {
    kind: 'counter',
    help: 'What the reconciler found wrong and repaired',
    services: ['orchestrator'],
    labels: {
      repair: [
        'lane_offered',
        'lane_reclaimed',
        'targets_returned',
        'permits_released',
        'execution_ended',
        'instance_retired',
        'url_quarantined',
        ...STALL_REPAIR_NAMES.filter((repair) => repair !== 'targets_returned'),
      ],
    },
  },
  outrider_reconcile_duration_seconds: {
    kind: 'histogram',
    help: 'Time of one pass of the reconciler',
    services: ['orchestrator'],
    labels: {},
    buckets: FAST_SECONDS,
  },
  outrider_http_request_duration_seconds: {
    kind: 'histogram',
    help: 'Time to answer a request to the API, by route template',
    services: ['api'],
    labels: { method: METHODS, route: API_ROUTES, status_class: STATUS_CLASSES },
    buckets: FAST_SECONDS,
  },
  outrider_event_lag_seconds: {
    kind: 'histogram',
    help: 'Time from an event being written to its being read for the clients that follow, by the clock of the database',
    services: ['api'],
    labels: {},
    buckets: FAST_SECONDS,
  },
  outrider_live_connections: {
    kind: 'gauge',
    help: 'Clients connected to this process that are told events as they happen',
    services: ['api'],
    labels: { transport: ['sse', 'socket'] },
  },
  outrider_live_cuts_total: {
    kind: 'counter',
    help: 'Live connections that this process ended: access revoked or expired, client too slow or too fast, process stopping',
    services: ['api'],
    labels: { reason: CUT_REASONS },
  },
  outrider_database_up: {
    kind: 'gauge',
    help: 'Whether the database answered this process when it last looked, every 5 seconds: 1 or 0',
    services: SERVICES,
    labels: {},
  },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof METRICS;

/** The metrics that a service exports and may write. */
export type MetricNameOf<S extends Service> = {
  [N in MetricName]: S extends (typeof METRICS)[N]['services'][number] ? N : never;
}[MetricName];

/** The labels of a metric, each with the values it may take. */
export type LabelsOf<N extends MetricName> = {
  readonly [L in keyof (typeof METRICS)[N]['labels']]: (typeof METRICS)[N]['labels'][L] extends readonly (infer V extends
    string)[]
    ? V
    : never;
};

/** What a label value outside its closed list is written as. */
export const OTHER = 'other';

/** Names of the metrics that a service exports, in the catalogue's order. */
export function metricNamesOf<S extends Service>(service: S): readonly MetricNameOf<S>[] {
  return Object.entries<MetricDefinition>(METRICS)
    .filter(([, definition]) => definition.services.includes(service))
    .map(([name]) => name as MetricNameOf<S>);
}
