import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ROOT } from './outrider-crawl.mjs';

/**
 * The API alone: a worker would take the lanes.
 * @param {import('./platform.mjs').BenchDatabase} ledger
 * @param {string} [apiKey] of the administrator
 */
export async function startApi(ledger, apiKey = randomBytes(24).toString('hex')) {
  const child = spawn(process.execPath, ['packages/api/dist/process.js'], {
    cwd: ROOT,
    env: {
      ...process.env,
      ...{ PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'error', OUTRIDER_API_KEY: apiKey },
      ...{
        OUTRIDER_DATA_DIR: ledger.dataDir,
        DATABASE_URL: ledger.databaseUrl,
        QUEUE_DATABASE_URL: ledger.queueUrl,
      },
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  if (value === undefined) throw new Error('the API did not start');
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return { apiUrl: `http://127.0.0.1:${JSON.parse(value).port}`, apiKey, pid: child.pid ?? 0, stop };
}
