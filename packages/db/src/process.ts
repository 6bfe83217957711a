// The database process that `outrider up` starts beside the others: it brings up the embedded PostgreSQL
// (unless DATABASE_URL names an outside one), its two databases and their tables, says so with one line of
// JSON on standard output, and stays until it is told to stop or its parent is gone.
import { fstatSync } from 'node:fs';
import { awaitClientsGone } from './embedded/await-clients-gone.js';
import { EmbeddedPostgresError } from './embedded/embedded-postgres-error.js';
import { ensureDatabase } from './embedded/ensure-database.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded/start-embedded-postgres.js';
import { runMigrations } from './migrate/run-migrations.js';
import { DatabaseSettingError, type DatabaseSettings, readDatabaseSettings } from './settings.js';

interface DatabaseUrls {
  readonly databaseUrl: string;
  readonly queueUrl: string;
}

/** Standard error carries what people and logs want; standard output only the one line for the parent. */
function log(level: 'info' | 'warn', fields: object, message: string): void {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level, ...fields, message })}\n`);
}

function printLine(line: object): Promise<void> {
  return new Promise((done) => {
    process.stdout.write(`${JSON.stringify(line)}\n`, () => done());
  });
}

/** Why the process is to end: it was asked to, or its parent is gone. */
type StopReason = 'asked' | 'orphaned';

/** How long the other processes of a parent that is gone may take to finish their work, in milliseconds. */
const ORPHAN_GRACE_MS = 10_000;

/**
 * Aborted on SIGTERM and SIGINT, and when standard input ends; its reason is a StopReason. A parent holds
 * the other end of that pipe, and its death closes it. Input from a terminal or /dev/null is no such sign,
 * and is left alone.
 */
function stopRequest(): AbortSignal {
  const controller = new AbortController();
  const because = (reason: StopReason) => (): void => controller.abort(reason);
  const stop = because('asked');
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const input = fstatSync(0);
  if (input.isFIFO() || input.isSocket()) {
    const orphan = because('orphaned');
    process.stdin.once('end', orphan).once('close', orphan).once('error', orphan).resume();
  }
  // The parent may be gone when something is to be said to it.
  process.stdout.on('error', stop);
  process.stderr.on('error', stop);
  return controller.signal;
}

/**
 * On an outside server the queue shares the ledger's database, in a schema of its own: we may well lack
 * the right to make a second database there.
 */
async function prepareOutside(databaseUrl: string): Promise<DatabaseUrls> {
  await runMigrations({ adminUrl: databaseUrl });
  return { databaseUrl, queueUrl: databaseUrl };
}

async function prepareEmbedded(server: EmbeddedPostgres): Promise<DatabaseUrls> {
  const databaseUrl = await ensureDatabase(server.adminUrl, 'outrider');
  const queueUrl = await ensureDatabase(server.adminUrl, 'outrider_queue');
  await runMigrations({ adminUrl: databaseUrl });
  return { databaseUrl, queueUrl };
}

function whenAborted(signal: AbortSignal): Promise<'stop'> {
  return new Promise((done) => {
    if (signal.aborted) done('stop');
    else signal.addEventListener('abort', () => done('stop'), { once: true });
  });
}

/** Prepares, reports, and stays; ends when asked to. Rejects when preparing fails or the server ends by itself. */
async function serve(settings: DatabaseSettings, stop: AbortSignal): Promise<void> {
  const stopped = whenAborted(stop);
  if (settings.databaseUrl !== undefined) {
    const urls = await Promise.race([prepareOutside(settings.databaseUrl), stopped]);
    if (urls !== 'stop') await printLine({ ready: true, ...urls });
    await stopped;
    return;
  }
  const server = await startEmbeddedPostgres({
    dataDir: settings.dataDir,
    logger: {
      info: (fields, message) => log('info', fields, message),
      warn: (fields, message) => log('warn', fields, message),
    },
    signal: stop,
  });
  try {
    const ended = server.exited.then((exit) => {
      throw new Error(
        `The embedded PostgreSQL ended by itself (${exit.signal ?? `exit code ${exit.code}`}).`,
      );
    });
    const urls = await Promise.race([prepareEmbedded(server), stopped, ended]);
    if (urls !== 'stop') await printLine({ ready: true, ...urls, clusterDir: server.clusterDir });
    await Promise.race([stopped, ended]);
    // The others lost their parent in the same moment. With a database they give their work back in order
    // and end at once; without, the next run would have to wait for their leases.
    if (stop.reason === 'orphaned') await awaitClientsGone(server.adminUrl, ORPHAN_GRACE_MS);
  } finally {
    await server.stop();
  }
}

function errorCode(error: unknown): string {
  const isOurs = error instanceof EmbeddedPostgresError || error instanceof DatabaseSettingError;
  return isOurs ? error.code : 'database_failed';
}

function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function main(): Promise<number> {
  const stop = stopRequest();
  try {
    await serve(readDatabaseSettings(), stop);
    return 0;
  } catch (error) {
    // A start that was told to end has done what it should.
    if (stop.aborted) return 0;
    await printLine({ error: { code: errorCode(error), message: errorMessage(error) } });
    return 1;
  }
}

process.exit(await main());
