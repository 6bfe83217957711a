// The platform as `npm start` runs it, on a database server of its own that the bench can look into while
// the platform works.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ROOT } from './outrider-crawl.mjs';

const database = (/** @type {string} */ path) =>
  import(new URL(`../packages/db/dist/${path}`, import.meta.url).href);

/**
 * A PostgreSQL server with the settings that the platform's own has.
 * @typedef {object} BenchDatabase
 * @property {string} dataDir
 * @property {string} databaseUrl
 * @property {string} queueUrl
 * @property {number} pid of the postmaster
 * @property {any} sql the driver's template tag, on a connection of the server's owner
 * @property {() => Promise<void>} stop stops it and removes its files
 *
 * @typedef {object} BenchPlatform
 * @property {string} apiUrl
 * @property {string} apiKey
 * @property {number} pid
 * @property {readonly string[]} workerMetrics addresses of the workers' metrics
 * @property {NodeJS.ProcessEnv} environment of commands that use it
 * @property {() => Promise<void>} stop
 */

/**
 * @param {Readonly<Record<string, string>>} [settings] of the server, instead of its own
 * @returns {Promise<BenchDatabase>}
 */
export async function startDatabase(settings = {}) {
  const { startEmbeddedPostgres } = await database('embedded/start-embedded-postgres.js');
  const { ensureDatabase } = await database('embedded/ensure-database.js');
  const { openConnection } = await database('connect/connection.js');
  const folder = mkdtempSync(join(tmpdir(), 'outrider-bench-'));
  // As root PostgreSQL runs under another account, which must be able to pass through.
  chmodSync(folder, 0o755);
  const dataDir = join(folder, 'data');
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), settings });
  const databaseUrl = await ensureDatabase(server.adminUrl, 'outrider');
  const queueUrl = await ensureDatabase(server.adminUrl, 'outrider_queue');
  const connection = await openConnection({ url: databaseUrl, parameters: {} });
  return {
    dataDir,
    databaseUrl,
    queueUrl,
    pid: server.pid,
    sql: connection.sql,
    stop: async () => {
      await connection.end();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A port that nobody listens on, with as many free ones above it. */
async function freePorts(/** @type {number} */ count) {
  for (let base = 21_000; base < 30_000; base += count) {
    const free = await Promise.all(Array.from({ length: count }, (_, nth) => isFree(base + nth)));
    if (free.every(Boolean)) return base;
  }
  throw new Error('no ports are free');
}

/** @param {number} port */
async function isFree(port) {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/**
 * `outrider up` on that server, ready to work.
 * @param {BenchDatabase} ledger
 * @param {{ workers?: number, environment?: NodeJS.ProcessEnv }} [how]
 * @returns {Promise<BenchPlatform>}
 */
export async function startPlatform(ledger, { workers = 1, environment: more = {} } = {}) {
  const metrics = await freePorts(workers + 1);
  const apiKey = randomBytes(24).toString('hex');
  const environment = {
    ...process.env,
    OUTRIDER_DATA_DIR: ledger.dataDir,
    OUTRIDER_ALLOW_PRIVATE_NETWORKS: '1',
    OUTRIDER_API_KEY: apiKey,
    DATABASE_URL: ledger.databaseUrl,
    QUEUE_DATABASE_URL: ledger.queueUrl,
    METRICS_PORT: String(metrics),
    // With several workers each takes one lane, as `npm run crawl -- --workers` has it.
    ...(workers > 1 ? { OUTRIDER_WORKER_LANES: '1' } : {}),
    ...more,
  };
  const args = ['scripts/outrider.mjs', 'up', '--port', '0', '--workers', String(workers), '--json'];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  const ended = once(child, 'exit');
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  if (value === undefined) throw new Error(`the platform did not start:\n${complaint}`);
  return {
    apiUrl: JSON.parse(value).apiUrl,
    apiKey,
    pid: child.pid ?? 0,
    workerMetrics: Array.from(
      { length: workers },
      (_, nth) => `http://127.0.0.1:${metrics + nth + 1}/metrics`,
    ),
    environment,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
