// The API process. It says that it is ready with one line of JSON on standard output, and stays until it is
// told to stop. Any number may serve the same platform.
import { once } from 'node:events';
import { resolve } from 'node:path';
import { assertMigrated, type Database, openDatabase, readFirstSecret } from '@outrider/db';
import { type LaneQueue, openLaneQueue, queueStoreFrom } from '@outrider/queue';
import {
  passBootChecks,
  requireDatabaseUrl,
  runService,
  type ServiceContext,
  watchDatabase,
} from '@outrider/service';
import { createAddressPolicy, createCrashAt, VERSION } from '@outrider/shared';
import { createMetrics } from '@outrider/telemetry';
import { createAuthenticator } from './access/authenticator.js';
import { ensureFirstAdministrator } from './access/first-administrator.js';
import { createApp } from './app/create-app.js';
import type { Services } from './app/services.js';
import { createCapacityDesk } from './capacity/capacity-desk.js';
import { createCursorCodec } from './cursors/cursor-codec.js';
import { dashboardFolder, readDashboard } from './dashboard/dashboard-files.js';
import { startServer } from './http/start-server.js';
import { createRealtime } from './realtime/realtime.js';
import { readEnvironment } from './settings.js';
import { attachSockets } from './sockets/socket-gateway.js';

/** How long requests under way may take when the process stops, in milliseconds. */
const STOP_GRACE_MS = 10_000;
/** Requests one key may make in a minute: a hundred a second, far above what people and scripts need. */
const REQUESTS_PER_MINUTE = 6_000;

interface Stores {
  readonly database: Database;
  readonly system: Database;
  readonly laneQueue: LaneQueue;
}

async function serve(context: ServiceContext): Promise<void> {
  const { settings, logger, stop } = context;
  const url = requireDatabaseUrl(settings);
  const queueStore = queueStoreFrom(settings);
  const applicationName = 'outrider-api';
  const stores: Stores = {
    database: openDatabase({ url, role: 'outrider_app', applicationName, maxConnections: 10 }),
    system: openDatabase({ url, role: 'outrider_system', applicationName, maxConnections: 4 }),
    laneQueue: openLaneQueue(queueStore, { logger }),
  };
  try {
    const databases = [stores.database, stores.system];
    await passBootChecks({ databases, queueStore, logger, signal: stop });
    await answer(context, stores);
  } finally {
    await Promise.all([stores.database.close(), stores.system.close(), stores.laneQueue.close()]);
  }
}

async function answer(context: ServiceContext, stores: Stores): Promise<void> {
  const { settings, logger, stop, ready } = context;
  const services = await makeServices(context, stores);
  const app = createApp(services, {
    database: () => stores.database.ping(),
    migrations: () => assertMigrated(stores.system),
    queue: () => stores.laneQueue.depth(),
  });
  const server = await startServer(app, {
    host: settings.OUTRIDER_HOST,
    port: settings.PORT,
    attach: (http) => attachSockets(http, services),
  });
  const endWatch = watchDatabase({
    ping: () => stores.database.ping(),
    onLook: (isUp) => services.metrics.set('outrider_database_up', {}, isUp ? 1 : 0),
  });
  ready({ port: server.port });
  logger.info({ host: settings.OUTRIDER_HOST, port: server.port }, 'the API is ready');
  if (!stop.aborted) await once(stop, 'abort');
  logger.info({}, 'the API stops');
  endWatch();
  await services.realtime.close();
  await server.close({ graceMs: STOP_GRACE_MS });
}

async function makeServices({ settings, logger }: ServiceContext, stores: Stores): Promise<Services> {
  const { database, system, laneQueue } = stores;
  const operatorKey = settings.OUTRIDER_API_KEY;
  await ensureFirstAdministrator({
    system,
    operatorKey,
    dataDir: resolve(settings.OUTRIDER_DATA_DIR),
    // Under a supervisor standard error is a log file, and `up` shows the key itself.
    announce: settings.OUTRIDER_SUPERVISED ? () => undefined : announceKey,
  });
  const secret = await system.withSystem(readFirstSecret);
  if (secret === null) throw new Error('the first API key vanished while the process started');
  const metrics = createMetrics('api', { version: VERSION });
  return {
    database,
    realtime: createRealtime({ system, logger, metrics }),
    authenticator: createAuthenticator({ system, operatorKey }),
    capacity: createCapacityDesk(system),
    cursors: createCursorCodec(secret),
    addressPolicy: createAddressPolicy({
      allowPrivateNetworks: settings.OUTRIDER_ALLOW_PRIVATE_NETWORKS,
      allowedPorts: settings.OUTRIDER_ALLOWED_PORTS,
    }),
    laneQueue,
    crashAt: createCrashAt(settings.OUTRIDER_CRASH_AT),
    dashboard: readDashboard(dashboardFolder()),
    logger,
    metrics,
    requestsPerMinute: REQUESTS_PER_MINUTE,
  };
}

/** Past the log on purpose: the log takes keys out. */
function announceKey(key: string, file: string): void {
  process.stderr.write(`Your API key, shown this once and kept in ${file}:\n${key}\n`);
}

await runService('api', readEnvironment(), serve);
