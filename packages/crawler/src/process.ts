// The worker process: takes lanes from the queue and crawls them. Any number may run at once. It says that
// it is ready with one line of JSON on standard output, and stays until it is told to stop.
import { once } from 'node:events';
import { openDatabase, workerApplicationName } from '@outrider/db';
import { type LaneConsumer, openLaneConsumer, queueStoreFrom } from '@outrider/queue';
import {
  passBootChecks,
  requireDatabaseUrl,
  runService,
  type ServiceContext,
  watchDatabase,
} from '@outrider/service';
import { createCrashAt, newId, VERSION } from '@outrider/shared';
import { createMetrics, type HealthReport, type Metrics, startMetricsServer } from '@outrider/telemetry';
import { findChromium } from './browser/find-chromium.js';
import { type RenderService, startRenderService } from './browser/render-service.js';
import { type AddressPolicy, createAddressPolicy } from './fetch/address-policy.js';
import { createFetcher } from './fetch/fetcher.js';
import { ReadingThreads } from './reading/reading-threads.js';
import { readBrowserPlaces, readEnvironment } from './settings.js';
import { tuneHeap } from './tune-heap.js';
import { CrawlWorker } from './worker/crawl-worker.js';
import { type LaneIntake, startLaneIntake } from './worker/lane-intake.js';

/** Longer than a lane may take to wind down. */
const CLOSE_GRACE_MS = 30_000;
const CANARY_LOOK_MS = 5_000;

async function serve(context: ServiceContext): Promise<void> {
  const { settings, logger, stop } = context;
  const url = requireDatabaseUrl(settings);
  const queueStore = queueStoreFrom(settings);
  const instanceId = newId();
  const applicationName = workerApplicationName(instanceId);
  const lanes = settings.OUTRIDER_WORKER_LANES;
  // A worker that falls asleep in a commit keeps locks that the other lanes of its campaign wait for: they must get
  // them before their own leases lapse.
  const idleInTransactionMs = settings.OUTRIDER_LANE_LEASE_MS / 2;
  const tenantDatabase = openDatabase({
    url,
    role: 'outrider_app',
    applicationName,
    maxConnections: 2 + lanes * 2,
    idleInTransactionMs,
  });
  const systemDatabase = openDatabase({
    url,
    role: 'outrider_system',
    applicationName,
    maxConnections: 3,
    idleInTransactionMs,
  });
  const addressPolicy = createAddressPolicy({
    allowPrivateNetworks: settings.OUTRIDER_ALLOW_PRIVATE_NETWORKS,
    allowedPorts: settings.OUTRIDER_ALLOWED_PORTS,
  });
  const fetcher = createFetcher({ addressPolicy });
  const readings = new ReadingThreads(settings.OUTRIDER_READING_THREADS, logger);
  let rendering: RenderService | null = null;
  try {
    await passBootChecks({ databases: [tenantDatabase, systemDatabase], queueStore, logger, signal: stop });
    const metrics = createMetrics('worker', { version: VERSION });
    const crashAt = createCrashAt(settings.OUTRIDER_CRASH_AT);
    rendering = await startRendering(context, metrics, addressPolicy);
    const worker = new CrawlWorker({
      instanceId,
      previousExit: settings.OUTRIDER_PREVIOUS_EXIT ?? null,
      supervised: settings.OUTRIDER_SUPERVISED,
      tenantDatabase,
      systemDatabase,
      fetcher,
      readings,
      rendering,
      logger,
      metrics,
      crashAt,
      leaseMs: settings.OUTRIDER_LANE_LEASE_MS,
      standbyMs: settings.OUTRIDER_LANE_STANDBY_MS,
      capacity: lanes,
      version: VERSION,
    });
    await worker.start();
    const consumer = await openLaneConsumer(queueStore, {
      concurrency: lanes,
      logger,
      // Which lane rang is no matter: the ledger says whose turn it is.
      handle: async () => {
        await worker.hear();
        crashAt('before_ack');
      },
      onDone: () => crashAt('after_ack'),
    });
    const intake = startLaneIntake({
      takeNext: () => worker.takeNext(),
      activeLanes: () => worker.activeLanes,
      onError: (error) => logger.warn({ err: error }, 'a lane could not be taken or crawled'),
    });
    await work(context, { worker, consumer, intake, metrics, rendering, ping: () => systemDatabase.ping() });
  } finally {
    await rendering?.close();
    await readings.close();
    await fetcher.close();
    await Promise.all([tenantDatabase.close(), systemDatabase.close()]);
  }
}

/** Null when there is no Chromium: the worker then takes no lane that needs one, and says so. */
async function startRendering(
  { settings, logger }: ServiceContext,
  metrics: Metrics<'worker'>,
  addressPolicy: AddressPolicy,
): Promise<RenderService | null> {
  const chromiumPath = findChromium(readBrowserPlaces(settings));
  if (chromiumPath === null) {
    logger.info(
      { chromiumPath: settings.CHROMIUM_PATH },
      'there is no Chromium here: pages cannot be rendered',
    );
    return null;
  }
  return startRenderService({
    chromiumPath,
    sandbox: settings.OUTRIDER_CHROMIUM_SANDBOX,
    addressPolicy,
    logger,
    onCrash: () => metrics.increment('outrider_browser_crashes_total', {}),
    onBytes: (bytes) => metrics.increment('outrider_wire_bytes_total', {}, bytes),
    onRefused: (code) => logger.debug({ code }, 'the browser was refused a connection'),
  });
}

interface WorkDeps {
  readonly worker: CrawlWorker;
  readonly consumer: LaneConsumer;
  readonly intake: LaneIntake;
  readonly metrics: Metrics<'worker'>;
  readonly rendering: RenderService | null;
  readonly ping: () => Promise<void>;
}

async function work({ settings, logger, stop, ready }: ServiceContext, deps: WorkDeps): Promise<void> {
  const { worker, consumer, metrics } = deps;
  const server = await startMetricsServer({
    port: settings.METRICS_PORT,
    host: settings.OUTRIDER_HOST,
    registry: metrics.registry,
    health: () => checkHealth(deps),
  });
  observeCanary(deps);
  const observing = setInterval(() => observeCanary(deps), CANARY_LOOK_MS);
  const endWatch = watchDatabase({
    ping: deps.ping,
    onLook: (isUp) => metrics.set('outrider_database_up', {}, isUp ? 1 : 0),
  });
  ready({ metricsPort: server.port, instanceId: worker.instanceId });
  logger.info({ metricsPort: server.port, instanceId: worker.instanceId }, 'the worker is ready');
  if (!stop.aborted) await once(stop, 'abort');
  logger.info({}, 'the worker stops');
  clearInterval(observing);
  endWatch();
  worker.drain();
  await Promise.all([
    deps.intake.stop(),
    consumer.close({ graceMs: CLOSE_GRACE_MS }),
    worker.idle(CLOSE_GRACE_MS),
  ]);
  await worker.stop();
  await server.close();
}

function observeCanary({ consumer, metrics }: WorkDeps): void {
  const { canaryAgeMs } = consumer.health();
  metrics.set('outrider_queue_canary_timestamp_seconds', {}, (Date.now() - canaryAgeMs) / 1_000);
}

async function checkHealth({ consumer, rendering, ping }: WorkDeps): Promise<HealthReport> {
  const database = await ping().then(
    () => true,
    () => false,
  );
  const queue = consumer.isAlive();
  // A worker that never had a browser is well without.
  const browser = (rendering?.trouble() ?? null) === null;
  return {
    healthy: database && queue && browser,
    checks: { database: { ok: database }, queue: { ok: queue }, browser: { ok: browser } },
  };
}

tuneHeap();
await runService('worker', readEnvironment(), serve);
