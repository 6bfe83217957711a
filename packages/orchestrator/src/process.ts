// The orchestrator process: it dispatches, repairs and ends executions. Any number may run at once. It says
// that it is ready with one line of JSON on standard output, and stays until it is told to stop.
import { once } from 'node:events';
import { type Database, openDatabase } from '@outrider/db';
import { type LaneQueue, openLaneQueue, queueStoreFrom } from '@outrider/queue';
import {
  passBootChecks,
  requireDatabaseUrl,
  runService,
  type ServiceContext,
  watchDatabase,
} from '@outrider/service';
import { createCrashAt, VERSION } from '@outrider/shared';
import { createMetrics, type HealthReport, startMetricsServer } from '@outrider/telemetry';
import { listDuties } from './duties/list-duties.js';
import { type RunningDuties, runDuties } from './run-duties.js';
import { readEnvironment } from './settings.js';

/** How long duties under way may take when it stops, in milliseconds. */
const STOP_GRACE_MS = 10_000;

async function serve(context: ServiceContext): Promise<void> {
  const { settings, logger, stop } = context;
  const url = requireDatabaseUrl(settings);
  const queueStore = queueStoreFrom(settings);
  const database = openDatabase({ url, role: 'outrider_system', applicationName: 'outrider-orchestrator' });
  const laneQueue = openLaneQueue(queueStore, { logger });
  try {
    await passBootChecks({ databases: [database], queueStore, logger, signal: stop });
    await work(context, database, laneQueue);
  } finally {
    await Promise.all([database.close(), laneQueue.close()]);
  }
}

async function work(context: ServiceContext, database: Database, laneQueue: LaneQueue): Promise<void> {
  const { settings, logger, stop } = context;
  const metrics = createMetrics('orchestrator', { version: VERSION });
  const duties = runDuties(
    listDuties({
      database,
      laneQueue,
      metrics,
      logger,
      crashAt: createCrashAt(settings.OUTRIDER_CRASH_AT),
      laneLeaseMs: settings.OUTRIDER_LANE_LEASE_MS,
      reconcileIntervalMs: settings.OUTRIDER_RECONCILE_INTERVAL_MS,
      stallAfterMs: settings.OUTRIDER_STALL_AFTER_MS,
      keeping: {
        executions: settings.OUTRIDER_KEEP_EXECUTIONS,
        days: settings.OUTRIDER_KEEP_DAYS,
        metricsDays: settings.OUTRIDER_KEEP_METRICS_DAYS,
        evidenceDays: settings.OUTRIDER_KEEP_EVIDENCE_DAYS,
        auditDays: settings.OUTRIDER_KEEP_AUDIT_DAYS,
      },
    }),
    { logger, onRun: (seconds) => metrics.observe('outrider_reconcile_duration_seconds', {}, seconds) },
  );
  const endWatch = watchDatabase({
    ping: () => database.ping(),
    onLook: (isUp) => metrics.set('outrider_database_up', {}, isUp ? 1 : 0),
  });
  try {
    const server = await startMetricsServer({
      port: settings.METRICS_PORT,
      host: settings.OUTRIDER_HOST,
      registry: metrics.registry,
      health: () => checkHealth(database, duties),
    });
    context.ready({ metricsPort: server.port });
    logger.info({ metricsPort: server.port }, 'the orchestrator is ready');
    if (!stop.aborted) await once(stop, 'abort');
    logger.info({}, 'the orchestrator stops');
    await server.close();
  } finally {
    endWatch();
    const done = await duties.stop(STOP_GRACE_MS);
    if (!done) logger.warn({}, 'a duty was still under way at the end of the grace');
  }
}

async function checkHealth(database: Database, duties: RunningDuties): Promise<HealthReport> {
  const late = duties.late();
  const reachable = await database.ping().then(
    () => true,
    () => false,
  );
  return {
    healthy: reachable && late.length === 0,
    checks: {
      database: { ok: reachable },
      duties: late.length === 0 ? { ok: true } : { ok: false, detail: `late: ${late.join(', ')}` },
    },
  };
}

await runService('orchestrator', readEnvironment(), serve);
