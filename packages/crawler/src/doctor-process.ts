// Examines what a platform stands on, says it with one line of JSON on standard output, {"checks":[…]}, and ends:
// `outrider doctor`. It only looks; the one thing it may make is the queue's tables.
import { examineDatabase, findRunningCluster } from '@outrider/db';
import { queueStoreFrom } from '@outrider/queue';
import { type HealthCheck, parseSettings, type Settings } from '@outrider/shared';
import { createLogger } from '@outrider/telemetry';
import { examineBrowser } from './doctor/examine-browser.js';
import { examineQueue } from './doctor/examine-queue.js';
import { readBrowserPlaces, readEnvironment } from './settings.js';

/** Where the stores are: as the settings say, else those of the embedded PostgreSQL that runs; null when none does. */
async function findStores(settings: Settings) {
  if (settings.DATABASE_URL !== undefined) {
    return { databaseUrl: settings.DATABASE_URL, store: queueStoreFrom(settings) };
  }
  const cluster = await findRunningCluster(settings.OUTRIDER_DATA_DIR);
  if (cluster === null) return null;
  const { databaseUrl, queueUrl } = cluster;
  const store = queueStoreFrom({
    ...settings,
    DATABASE_URL: databaseUrl,
    QUEUE_DATABASE_URL: settings.QUEUE_DATABASE_URL ?? queueUrl,
  });
  return { databaseUrl, store };
}

const NOT_RUNNING: HealthCheck = {
  name: 'database',
  status: 'warn',
  finding: 'The embedded PostgreSQL of this data directory does not run, so it could not be examined.',
  advice: 'Start the platform (`outrider up`) and ask again; or set DATABASE_URL to examine an outside one.',
};

async function examine(): Promise<HealthCheck[]> {
  const settings = parseSettings(readEnvironment());
  const logger = createLogger({ name: 'worker', level: 'silent' });
  const [stores, browser] = await Promise.all([
    findStores(settings),
    examineBrowser(readBrowserPlaces(settings), settings.OUTRIDER_CHROMIUM_SANDBOX),
  ]);
  if (stores === null) return [NOT_RUNNING, browser];
  const { databaseUrl, store } = stores;
  const database = await examineDatabase(databaseUrl, settings.OUTRIDER_LANE_LEASE_MS);
  return [...database, await examineQueue(store, logger), browser];
}

const checks = await examine();
process.stdout.write(`${JSON.stringify({ checks })}\n`, () => process.exit(0));
