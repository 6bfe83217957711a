import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { type HealthCheck, healthReport } from '@outrider/shared';
import { findDoctorEntry } from '../platform/entry-points.js';
import { CliError } from '../program/cli-error.js';
import type { CliSettings } from '../settings.js';
import { examineDataDir } from './examine-data-dir.js';

/**
 * Examines everything a platform stands on: the data directory here, and in a process of its own what the platform's
 * packages know of: database, queue, browser, workers. Throws CliError when that process has no answer.
 */
export async function examinePlatform({ dataDir, environment }: CliSettings): Promise<HealthCheck[]> {
  const child = spawn(process.execPath, [...process.execArgv, findDoctorEntry()], {
    env: { ...environment, OUTRIDER_DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [here, output] = await Promise.all([
    examineDataDir(dataDir),
    text(child.stdout),
    once(child, 'close'),
  ]);
  const said = healthReport.safeParse(parse(output));
  if (!said.success) throw new CliError('failed', 'The doctor ended without an answer.');
  return [...here, ...said.data.checks];
}

function parse(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return null;
  }
}
