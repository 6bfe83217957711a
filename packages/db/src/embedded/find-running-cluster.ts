import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { postmasterFilePath } from './postmaster-file.js';
import { processIdentity } from './process-identity.js';

/** The embedded PostgreSQL of a data directory that runs now. */
export interface RunningCluster {
  /** URLs of the ledger and of the queue, with the password. */
  readonly databaseUrl: string;
  readonly queueUrl: string;
}

/**
 * Finds the running embedded PostgreSQL of a data directory without starting one. Null when there is none, when it died and
 * left its file behind, or when its files cannot be read.
 */
export async function findRunningCluster(dataDir: string): Promise<RunningCluster | null> {
  const read = (path: string): Promise<string | null> =>
    readFile(path, 'utf8').then(
      (text) => text.trim(),
      () => null,
    );
  const [password, noted] = await Promise.all([
    read(join(dataDir, 'postgres-password')),
    read(join(dataDir, 'postgres-location.txt')),
  ]);
  if (password === null) return null;
  const home = noted?.split('\n')[0] ?? join(dataDir, 'postgres');
  const state = await read(postmasterFilePath(join(home, 'data')));
  // The process number is on line 1, the port on line 4 (PostgreSQL, src/include/utils/pidfile.h).
  const [pid, , , port] = (state?.split('\n') ?? []).map(Number);
  if (!isCount(pid) || !isCount(port) || (await processIdentity(pid)) === null) return null;
  const url = (name: string): string => `postgres://postgres:${password}@127.0.0.1:${port}/${name}`;
  return { databaseUrl: url('outrider'), queueUrl: url('outrider_queue') };
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value > 0;
}
