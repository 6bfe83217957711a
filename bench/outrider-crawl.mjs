// One crawl through the front door, `npm run crawl`, on a data directory of its own, and what it cost.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { watchMemory } from './process-memory.mjs';
import { readLedger } from './read-ledger.mjs';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * What `npm run crawl -- <url> --json` prints.
 * @typedef {object} CrawlResult
 * @property {string} executionId
 * @property {string} status
 * @property {number} pagesCrawled
 * @property {number} errorsEncountered
 * @property {number} durationSeconds
 * @property {{ discovered: number, fetched: number, failed: number, skipped: number, pending: number }} coverage
 */

/**
 * @typedef {object} MeasuredCrawl
 * @property {CrawlResult} result
 * @property {number} commandSeconds the whole command, from its start to its end
 * @property {import('./process-memory.mjs').MemoryPeaks} memory
 * @property {import('./read-ledger.mjs').Ledger} ledger
 */

/**
 * Runs the command and parses its one line.
 * @param {string} url
 * @param {{ dataDir: string, options?: readonly string[], environment?: NodeJS.ProcessEnv, onStart?: (pid: number) => void }} how
 * @returns {Promise<CrawlResult>}
 */
export function runCrawlCommand(url, { dataDir, options = [], environment = {}, onStart }) {
  const args = ['run', '--silent', 'crawl', '--', url, '--json', ...options];
  const child = spawn('npm', args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      OUTRIDER_DATA_DIR: dataDir,
      OUTRIDER_ALLOW_PRIVATE_NETWORKS: '1',
      ...environment,
    },
  });
  if (child.pid !== undefined) onStart?.(child.pid);
  let output = '';
  let complaint = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    complaint += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(output));
      else reject(new Error(`npm run crawl ended with ${code}:\n${complaint}${output}`));
    });
  });
}

/**
 * A crawl on a new data directory, measured.
 * @param {string} url
 * @param {readonly string[]} options further options of the command
 * @returns {Promise<MeasuredCrawl>}
 */
export async function measureCrawl(url, options) {
  const dataDir = newDataDir();
  /** @type {ReturnType<typeof watchMemory> | undefined} */
  let watch;
  try {
    const begun = performance.now();
    const onStart = (/** @type {number} */ pid) => {
      watch = watchMemory(pid);
    };
    const result = await runCrawlCommand(url, { dataDir, options, onStart });
    const commandSeconds = (performance.now() - begun) / 1_000;
    const memory = watch?.stop() ?? { workerMb: 0, databaseMb: 0 };
    const ledger = await readLedger(dataDir, result.executionId);
    return { result, commandSeconds, memory, ledger };
  } finally {
    watch?.stop();
    rmSync(dirname(dataDir), { recursive: true, force: true });
  }
}

/** A new data directory, where another account may pass through: as root PostgreSQL runs under one. */
export function newDataDir() {
  const folder = mkdtempSync(join(tmpdir(), 'outrider-bench-'));
  chmodSync(folder, 0o755);
  return join(folder, 'data');
}
