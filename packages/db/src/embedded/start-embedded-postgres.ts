import { mkdir, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { awaitReady } from './await-ready.js';
import { type BoundedLog, openBoundedLog } from './bounded-log.js';
import { type ClusterPlace, placeCluster } from './cluster-place.js';
import { acquireDataDirLock, type DataDirLock } from './data-dir-lock.js';
import { asDataDirError, EmbeddedPostgresError, systemErrorCode } from './embedded-postgres-error.js';
import { freePort } from './free-port.js';
import { type Cluster, initCluster } from './init-cluster.js';
import { clearLeftoverPostmaster } from './leftover-postmaster.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { type Postmaster, type PostmasterExit, startPostmaster } from './postmaster.js';
import { type ServerSettings, serverArguments } from './server-settings.js';

/** The part of a pino logger that is used here. */
export interface EmbeddedPostgresLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface EmbeddedPostgresOptions {
  /** Directory that holds the database and the lock; made when missing. */
  readonly dataDir: string;
  readonly logger?: EmbeddedPostgresLogger;
  /** Added to the settings for a laptop, and stronger than those. */
  readonly settings?: ServerSettings;
  /** Aborting it ends a start that is still under way; the start then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface EmbeddedPostgres {
  /** URL of the superuser `postgres` on the database `postgres`, password included. */
  readonly adminUrl: string;
  readonly port: number;
  readonly pid: number;
  /** Where the database files lie: not always below the data directory. */
  readonly clusterDir: string;
  /** True when the run before this one was not ended in order (killed, or the machine went down). */
  readonly wasRecovered: boolean;
  /** Resolves when the server has ended, asked to or not. */
  readonly exited: Promise<PostmasterExit>;
  /** Stops the server and gives the data directory free. May be called more than once. */
  stop(): Promise<void>;
}

const silent: EmbeddedPostgresLogger = { info: () => undefined, warn: () => undefined };

/**
 * Starts the PostgreSQL of a data directory, making it on first use and recovering it after a crash. It
 * listens on a free port of 127.0.0.1 and ends when this process ends, in whatever way. Throws
 * EmbeddedPostgresError. `choosePort` proposes a port; it is asked again when that one is taken meanwhile.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
  choosePort: () => Promise<number> = freePort,
): Promise<EmbeddedPostgres> {
  const wanted = resolve(options.dataDir);
  try {
    const dataDir = await prepareDataDir(wanted);
    const lock = await acquireDataDirLock(dataDir);
    try {
      return await startLocked({ ...options, dataDir }, lock, choosePort);
    } catch (error) {
      await lock.release();
      throw error;
    }
  } catch (error) {
    throw asDataDirError(error, wanted);
  }
}

async function prepareDataDir(dataDir: string): Promise<string> {
  // PostgreSQL holds paths in 1,024 bytes (MAXPGPATH), and its own files need a part of those.
  if (Buffer.byteLength(dataDir) > 800) {
    throw new EmbeddedPostgresError(
      'data_dir_unusable',
      `The path of the data directory is ${Buffer.byteLength(dataDir)} bytes long, and PostgreSQL allows for 800. ` +
        'Choose a shorter one with OUTRIDER_DATA_DIR.',
    );
  }
  if (/\p{Cc}/u.test(dataDir)) {
    throw new EmbeddedPostgresError(
      'data_dir_unusable',
      'The path of the data directory holds a line break or another control character. Choose another with OUTRIDER_DATA_DIR.',
    );
  }
  await mkdir(dataDir, { recursive: true });
  return realpath(dataDir);
}

async function startLocked(
  options: EmbeddedPostgresOptions,
  lock: DataDirLock,
  choosePort: () => Promise<number>,
): Promise<EmbeddedPostgres> {
  const place = await placeCluster(options.dataDir, await findPostgresBinaries());
  options.signal?.throwIfAborted();
  const cluster = await initCluster(options.dataDir, place, options.settings?.['fsync'] !== 'off');
  const log = await openBoundedLog(join(options.dataDir, 'postgres.log'));
  try {
    const started = await startServer({ options, place, cluster, log, choosePort });
    const { postmaster, adminUrl, port } = started;
    let stopping: Promise<void> | undefined;
    return {
      adminUrl,
      port,
      pid: postmaster.pid,
      clusterDir: cluster.clusterDir,
      wasRecovered: lock.replacedStale || started.hadLeftover,
      exited: postmaster.exited,
      stop: () => {
        stopping ??= stopAll(postmaster, log, lock);
        return stopping;
      },
    };
  } catch (error) {
    await log.close();
    throw error;
  }
}

async function stopAll(postmaster: Postmaster, log: BoundedLog, lock: DataDirLock): Promise<void> {
  await postmaster.stop();
  await log.close();
  await lock.release();
}

interface ServerStart {
  readonly options: EmbeddedPostgresOptions;
  readonly place: ClusterPlace;
  readonly cluster: Cluster;
  readonly log: BoundedLog;
  readonly choosePort: () => Promise<number>;
}

interface StartedServer {
  readonly postmaster: Postmaster;
  readonly adminUrl: string;
  readonly port: number;
  readonly hadLeftover: boolean;
}

/**
 * Obstacles that pass: the port was taken between the choice and the use; or the server of a killed owner
 * was itself still starting when its leftovers were looked for, or its backends are still ending.
 */
const passingObstacle =
  /could not bind|lock file "postmaster\.pid" already exists|pre-existing shared memory/;

async function startServer(start: ServerStart): Promise<StartedServer> {
  const { options, cluster, log } = start;
  const logger = options.logger ?? silent;
  let hadLeftover = false;
  for (let attempt = 1; ; attempt += 1) {
    hadLeftover = (await clearLeftoverPostmaster(cluster.clusterDir)) || hadLeftover;
    if (hadLeftover)
      logger.warn({ clusterDir: cluster.clusterDir }, 'the database was not stopped in order, recovering');
    await log.mark();
    const port = await start.choosePort();
    const adminUrl = `postgres://postgres:${cluster.password}@127.0.0.1:${port}/postgres`;
    const { postmaster, exit } = await launch(start, port, adminUrl, logger);
    if (exit === null) {
      logger.info({ port, pid: postmaster.pid }, 'the embedded database is ready');
      return { postmaster, adminUrl, port, hadLeftover };
    }
    const output = await log.since(8192);
    if (attempt === 10 || !passingObstacle.test(output)) throw startFailed(exit, output, options.dataDir);
    logger.warn({ attempt, port }, 'the embedded database could not start yet, trying again');
    await sleep(100 * attempt);
  }
}

async function launch(
  { options, place, cluster, log }: ServerStart,
  port: number,
  adminUrl: string,
  logger: EmbeddedPostgresLogger,
): Promise<{ postmaster: Postmaster; exit: PostmasterExit | null }> {
  const postmaster = await startPostmaster({
    postgres: place.binaries.postgres,
    args: serverArguments(cluster.clusterDir, port, options.settings ?? {}),
    account: place.account,
    logFd: log.fd,
  });
  try {
    const exit = await awaitReady(postmaster, {
      clusterDir: cluster.clusterDir,
      adminUrl,
      signal: options.signal,
      onWaiting: (seconds) =>
        logger.info({ seconds }, 'the embedded database is still starting or recovering'),
    });
    return { postmaster, exit };
  } catch (error) {
    await postmaster.stop();
    throw asPasswordError(error, options.dataDir);
  }
}

/** 28P01 invalid_password: the password file is not the one that the database was made with. */
function asPasswordError(error: unknown, dataDir: string): unknown {
  if (systemErrorCode(error) !== '28P01') return error;
  return new EmbeddedPostgresError(
    'data_dir_unusable',
    `The database of the data directory ${dataDir} refuses the password in ${join(dataDir, 'postgres-password')}. ` +
      'Put the right file back, or choose another directory with OUTRIDER_DATA_DIR.',
    { cause: error },
  );
}

function startFailed(exit: PostmasterExit, output: string, dataDir: string): EmbeddedPostgresError {
  const reasons = output.split('\n').filter((line) => /(FATAL|PANIC|ERROR|HINT|DETAIL):/.test(line));
  const said = (reasons.length > 0 ? reasons.slice(-5) : output.trim().split('\n').slice(-3)).join(' ');
  return new EmbeddedPostgresError(
    'embedded_postgres_failed',
    `PostgreSQL ended while starting (${exit.signal ?? `exit code ${exit.code}`}): ${said || 'it said nothing'}. ` +
      `Its log is ${join(dataDir, 'postgres.log')}.`,
  );
}
