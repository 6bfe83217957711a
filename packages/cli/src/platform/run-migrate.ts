import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { CliError, usageError } from '../program/cli-error.js';
import type { CliSettings } from '../settings.js';
import { findMigrationEntry } from './entry-points.js';
import { ProcessFailure } from './process-failure.js';

/**
 * Brings the schema of DATABASE_URL up to date, in a process of its own since only the database package
 * speaks SQL. Returns the names of the migrations that were applied. Throws a usage error without
 * DATABASE_URL, and ProcessFailure when a migration fails.
 */
export async function runMigrate({ settings, environment }: CliSettings): Promise<string[]> {
  if (settings.DATABASE_URL === undefined) {
    throw usageError(
      'DATABASE_URL is not set. The embedded database is brought up to date whenever it starts.',
    );
  }
  const child = spawn(process.execPath, [...process.execArgv, findMigrationEntry()], {
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return appliedOf(output);
}

function appliedOf(output: string): string[] {
  const said = parse(output);
  if ('applied' in said && Array.isArray(said.applied)) return said.applied.map(String);
  if ('error' in said && typeof said.error === 'object' && said.error !== null && 'message' in said.error) {
    throw new ProcessFailure(
      'migration',
      'migration_failed',
      `The migration failed: ${String(said.error.message)}`,
    );
  }
  throw new CliError('failed', 'The migration ended without an answer.');
}

function parse(output: string): object {
  try {
    const value: unknown = JSON.parse(output);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
